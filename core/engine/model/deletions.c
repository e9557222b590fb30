/* deletions: an index by type. A lookup scans the deletions of its type. */
#include "deletions.h"
#include "state_object.h"

typedef struct Deletions {
    VEC(const ResourceChange *) changes;  /* apply */
    VEC(const StateResource *) resources; /* destroy plan: all stored resources */
} Deletions;

static Deletions *deletions_of(EngineWalk *walk, Str type) {
    Deletions *deletions = map_find(&walk->deletions, type);
    if (deletions)
        return deletions;
    deletions = arena_new(walk->arena, Deletions);
    map_set(&walk->deletions, type, deletions);
    return deletions;
}

static bool destroys_all(const EngineWalk *walk) {
    return walk->phase == PHASE_PLAN && walk->options->mode == PLAN_DESTROY && walk->state &&
           !engine_is_partial(walk->options);
}

void deletions_index(EngineWalk *walk) {
    walk->deletions = map_new(walk->arena);
    if (walk->phase == PHASE_APPLY) {
        vec_each(&walk->plan->changes, change) {
            if (change->action == ACTION_DELETE && change->deposed.len == 0 &&
                change->address.mode == MODE_MANAGED)
                vec_push(walk->arena, &deletions_of(walk, change->address.type)->changes, change);
        }
    }
    if (!destroys_all(walk))
        return;
    map_each(&walk->state->resources, entry) {
        const StateResource *resource = entry->value;
        if (resource->address.mode == MODE_MANAGED)
            vec_push(walk->arena, &deletions_of(walk, resource->address.type)->resources, resource);
    }
}

static bool deletions_has_text(Value object, const char *attribute, Str text) {
    Value value;
    return value_is_present(object) && value_find(object, str_from_cstr(attribute), &value) &&
           value_is_present(value) && value.type->kind == KIND_STRING &&
           str_equal(value_text(value), text);
}

static bool stored_has(const EngineWalk *walk, const StateResource *resource, const char *attribute,
                       Str text) {
    SCOPED(ArenaRef) scratch = arena_open("deletions");
    const Schema *schema = engine_find_schema(
        walk->engine, MODE_MANAGED, resource->provider_config.provider, resource->address.type);
    Value value;
    vec_each(&resource->instances, instance) {
        const StateObject *object = instance->current;
        Diags ignored = diags_new(scratch);
        if (schema && object && object->schema_version == (uint64_t)schema->version &&
            state_object_decode(object, schema, &value, scratch, &ignored) &&
            deletions_has_text(value, attribute, text))
            return true;
    }
    return false;
}

bool deletions_have(const EngineWalk *walk, const char *type, const char *attribute, Str text) {
    const Deletions *deletions = map_find(&walk->deletions, str_from_cstr(type));
    if (!deletions)
        return false;
    vec_each(&deletions->changes, change) {
        if (deletions_has_text((*change)->before, attribute, text))
            return true;
    }
    vec_each(&deletions->resources, resource) {
        if (stored_has(walk, *resource, attribute, text))
            return true;
    }
    return false;
}

static bool contains(Value value, Str text) {
    if (!value_is_present(value))
        return false;
    if (value.type->kind == KIND_STRING)
        return str_equal(value_text(value), text);
    if (type_is_primitive(value.type))
        return false;
    for (size_t i = 0; i < value.count; i++) {
        if (contains(value_at(value, i), text))
            return true;
    }
    return false;
}

static bool depends_on(const StateObject *object, ResourceAddr address) {
    SCOPED(ArenaRef) scratch = arena_open("dependencies");
    Str wanted = resource_addr_to_config_str(address, scratch);
    for (size_t i = 0; i < object->dependency_count; i++) {
        if (str_equal(object->dependencies[i], wanted))
            return true;
    }
    return false;
}

/* terraform_data and others may copy an address, but are no machine. */
static bool deletions_has_effect(const EngineWalk *walk, Str provider, Str type) {
    SCOPED(ArenaRef) scratch = arena_open("type");
    Diags ignored = diags_new(scratch);
    const Provider *table = NULL;
    if (!registry_find(walk->engine->registry, provider, &table, NO_RANGE, &ignored))
        return false;
    const ResourceType *found = registry_find_resource(table, type);
    return found && found->effect == EFFECT_OUTSIDE;
}

static bool is_machine(const EngineWalk *walk, ResourceAddr address, Str provider, Value before,
                       Str text) {
    return address.mode == MODE_MANAGED && contains(before, text) &&
           !deletions_has_text(before, "host", text) &&
           deletions_has_effect(walk, provider, address.type);
}

static bool is_lost(const EngineWalk *walk, const StateObject *object, ResourceAddr address,
                    Str provider, Value before, Str text) {
    return is_machine(walk, address, provider, before, text) && depends_on(object, address);
}

bool deletions_lose(const EngineWalk *walk, const StateObject *object, Str text) {
    vec_each(&walk->plan->changes, change) {
        if ((change->action == ACTION_DELETE || action_is_replace(change->action)) &&
            is_lost(walk, object, change->address, change->provider_config.provider, change->before,
                    text))
            return true;
    }
    vec_each(&walk->plan->drift, drift) {
        if (drift->action == ACTION_DELETE &&
            is_lost(walk, object, drift->address, drift->provider, drift->before, text))
            return true;
    }
    return false;
}

static bool will_lose(const EngineWalk *walk, const InstanceRecord *record, Str text) {
    SCOPED(ArenaRef) scratch = arena_open("machine");
    const ResourceChange *planned = record->planned;
    const Drift *drift = record->drift;
    bool is_planned = planned && (planned->action == ACTION_DELETE || //
                                  action_is_replace(planned->action));
    if (is_planned)
        return is_machine(walk, record->address, planned->provider_config.provider,
                          value_unmark_deep(planned->before, scratch), text);
    return drift && drift->action == ACTION_DELETE &&
           is_machine(walk, record->address, drift->provider,
                      value_unmark_deep(drift->before, scratch), text);
}

/* Objects with a host are on a machine, so they are none. */
static bool will_make(const EngineWalk *walk, const InstanceRecord *record) {
    const ResourceChange *planned = record->planned;
    Value host;
    return planned && planned->address.mode == MODE_MANAGED &&
           (planned->action == ACTION_CREATE || action_is_replace(planned->action)) &&
           deletions_has_effect(walk, planned->provider_config.provider, planned->address.type) &&
           !value_find(value_without_marks(planned->after), STR("host"), &host);
}

/* `text` NULL: a creation. */
static bool node_changes(const EngineWalk *walk, const Node *node, const Str *text) {
    vec_each(&node->module->instances, module) {
        const ResourceExpansion *resource = node_slot(node, *module)->payload;
        for (size_t i = 0; resource && i < resource->expansion.count; i++) {
            const InstanceRecord *record = &resource->records[i];
            if (text ? will_lose(walk, record, *text) : will_make(walk, record))
                return true;
        }
    }
    return false;
}

static bool needs_change(const EngineWalk *walk, const ResourceNode *resource, const Str *text) {
    vec_each(&walk->nodes, node) {
        if ((*node)->kind == NODE_RESOURCE &&
            node_depends_on(resource, (*node)->as.resource->address) &&
            node_changes(walk, *node, text))
            return true;
    }
    return false;
}

bool deletions_will_lose(const EngineWalk *walk, const ResourceNode *resource, Str text) {
    return needs_change(walk, resource, &text);
}

bool deletions_will_make(const EngineWalk *walk, const ResourceNode *resource) {
    return needs_change(walk, resource, NULL);
}
