/* Builds the value that references to a resource see, after the tasks of its instances. */
#include "deferrals.h"
#include "node_visit.h"

static void resource_value_note_change(Node *node, ResourceExpansion *expansion,
                                       const InstanceRecord *record) {
    if (record->deferral && deferrals_reach_dependents(record->walk))
        node->is_deferred = true;
    if (!record->planned || record->planned->action == ACTION_NO_OP)
        return;
    Action action = record->planned->action;
    node->is_pending = node->is_changing = expansion->is_changing = true;
    bool is_lost = action == ACTION_CREATE && record->stored && record->stored->current;
    if (is_lost || action_is_replace(action))
        node->is_renewed = true;
}

/* The instance has no object, and this run creates none. */
static bool resource_value_is_absent(const InstanceRecord *record) {
    return record->address.mode == MODE_MANAGED && !value_is_known(record->value);
}

/* Returns the records of the expansion and of `beyond`, sorted by key. */
static InstanceRecord **all_records(const ResourceExpansion *resource, size_t *count,
                                    Arena *arena) {
    size_t own = resource->expansion.count;
    InstanceRecord **out = arena_new_array(arena, InstanceRecord *, own + resource->beyond.count);
    size_t i = 0, k = 0;
    *count = 0;
    while (i < own || k < resource->beyond.count) {
        bool is_own = k == resource->beyond.count ||
                      (i < own && address_key_compare(resource->expansion.keys[i],
                                                      resource->beyond.items[k]->address.key) < 0);
        out[(*count)++] = is_own ? &resource->records[i++] : resource->beyond.items[k++];
    }
    return out;
}

static const InstanceRecord *record_at(const ResourceExpansion *resource, InstanceRecord **merged,
                                       size_t i) {
    return merged ? merged[i] : &resource->records[i];
}

/* Builds the value of a resource. A list ends with the last existing or planned instance; a map
 * contains existing and planned instances only. */
static Value shape(const ResourceExpansion *resource, uint8_t marks, Arena *arena) {
    Expansion there = resource->expansion;
    InstanceRecord **merged =
        resource->beyond.count > 0 ? all_records(resource, &there.count, arena) : NULL;
    Value *values = arena_new_array(arena, Value, there.count + 1);
    while (there.kind == REPEAT_COUNT && there.count > 0 &&
           resource_value_is_absent(record_at(resource, merged, there.count - 1)))
        there.count--;
    if (there.kind == REPEAT_EACH)
        there.keys = arena_new_array(arena, InstanceKey, there.count);
    size_t count = 0;
    for (size_t i = 0; i < there.count; i++) {
        const InstanceRecord *record = record_at(resource, merged, i);
        if (there.kind == REPEAT_EACH && resource_value_is_absent(record))
            continue;
        if (there.kind == REPEAT_EACH)
            there.keys[count] = record->address.key;
        Value seen = node_seen_object(record->node->as.resource, record->value, arena);
        values[count++] = value_with_marks(seen, marks);
    }
    there.count = count;
    return module_scope_combine(&there, values, arena);
}

static bool resource_value_has_failed(const ResourceExpansion *expansion) {
    for (size_t i = 0; expansion && i < expansion->expansion.count; i++) {
        if (expansion->records[i].failure != FAILURE_NONE)
            return true;
    }
    return false;
}

/* Apply: returns false if an instance failed, which its task has reported, or if it was not
 * visited. Other phases always succeed. */
bool node_resource_value_visit(NodeVisit *visit) {
    const ResourceNode *resource = visit->node->as.resource;
    bool ok = true;
    bool reaches_dependents = deferrals_reach_dependents(visit->walk);
    if (resource->deferred.count > 0 && reaches_dependents)
        visit->node->is_deferred = true;
    uint8_t marks = resource->config->mode == MODE_EPHEMERAL ? MARK_EPHEMERAL : 0;
    vec_each(&visit->node->module->instances, item) {
        const Node *block = node_find(visit->node->module, resource->local_address);
        ResourceExpansion *expansion = node_slot(block, *item)->payload;
        Slot *slot = node_slot(visit->node, *item);
        slot->is_set = true;
        if (visit->walk->phase == PHASE_APPLY)
            ok = ok && expansion && !resource_value_has_failed(expansion);
        if (expansion && expansion->expansion.is_unknown && reaches_dependents)
            visit->node->is_deferred = true;
        if (!expansion || expansion->expansion.is_unknown || visit->walk->phase == PHASE_VALIDATE) {
            slot->value = value_with_marks(value_unknown(&TYPE_DYNAMIC), marks);
            continue;
        }
        size_t count = expansion->expansion.count;
        for (size_t i = 0; i < count; i++)
            resource_value_note_change(visit->node, expansion, &expansion->records[i]);
        if (!node_is_read(visit->walk, visit->node))
            continue;
        bool is_disabled = count == 0 && expansion->expansion.kind == REPEAT_NONE;
        Value none = value_null(schema_implied_type(&resource->type->schema));
        slot->value = is_disabled ? node_seen_object(resource, none, visit->walk_arena)
                                  : shape(expansion, marks, visit->walk_arena);
    }
    return ok;
}
