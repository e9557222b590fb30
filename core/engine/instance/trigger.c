/* replace_triggered_by: checks planned changes of the referenced resources. */
#include "instance.h"

#include "log.h"
#include "object_ref.h"

/* Reports why a reference was not resolved: the errors of its names, or else a general error. */
static void trigger_report_errors(const Node *node, const Expr *expr, Diags *diags) {
    const PartErrors *errors = node_find_errors(node, expr);
    if (diags_has_errors(diags))
        return;
    if (errors)
        diags_append(diags, &errors->diags);
    if (!diags_has_errors(diags))
        diags_error(diags, expr->range, "Invalid replace_triggered_by expression",
                    "Only managed resources of this module can trigger a replacement.");
    diags_set_subject(diags, 0, DIAG_EXPRESSION);
}

static bool record_fires(const InstanceRecord *record, const ObjectRef *ref) {
    const ResourceChange *change = record->planned;
    if (!change || (change->action != ACTION_UPDATE && !action_is_replace(change->action)))
        return false;
    if (ref->path.count == 0)
        return true;
    Value before, after;
    bool was_there = path_get(change->before, ref->path, &before);
    bool is_there = path_get(change->after, ref->path, &after);
    bool fires = was_there != is_there || (was_there && !value_equal(before, after));
    log_debug("trigger", log_text("resource", ref->node->name),
              log_number("steps", (int64_t)ref->path.count), log_number("before", was_there),
              log_number("after", is_there), log_number("fires", fires));
    return fires;
}

/* Reports a reference to an instance that does not exist. */
static bool trigger_report_missing(const ObjectRef *ref, const ModuleInstance *module,
                                   Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("trigger");
    const Resource *config = ref->node->as.resource->config;
    ResourceAddr address = {module->address, config->mode, config->type, config->name, ref->key};
    diags_error(diags, NO_RANGE, "No trigger for a replacement",
                "replace_triggered_by refers to %.*s, but the configuration has no such instance.",
                STR_ARG(resource_addr_to_str(address, scratch)))
        ->subject = DIAG_RELATION;
    return false;
}

/* A resource waits for its own change, as in a circle: validation allows this, a plan does not. */
static bool trigger_report_self(const Expr *expr, const Node *node, Diags *diags) {
    diags_error(diags, expr->range, "Resource is its own trigger",
                "replace_triggered_by of %.*s refers to the resource itself, whose change is not "
                "planned yet. Remove the reference, or name another resource.",
                STR_ARG(node->name))
        ->subject = DIAG_RELATION;
    return false;
}

static bool ref_fires(const ObjectRef *ref, ModuleInstance *module, bool *fires, Diags *diags) {
    const ResourceExpansion *resource = node_slot(ref->node, module)->payload;
    size_t count = resource ? resource->expansion.count : 0, index;
    bool is_whole = ref->key.kind == KEY_NONE && ref->path.count == 0;
    if (resource && resource->expansion.is_unknown)
        return true; /* its instances wait for a later plan, and this one with them */
    if (count == 0)
        return trigger_report_missing(ref, module, diags);
    if (is_whole) {
        for (size_t i = 0; i < count; i++)
            *fires = *fires || record_fires(&resource->records[i], ref);
        return true;
    }
    if (!expansion_find(&resource->expansion, ref->key, &index))
        return trigger_report_missing(ref, module, diags);
    *fires = *fires || record_fires(&resource->records[index], ref);
    return true;
}

bool trigger_fires(const InstanceRecord *record, const ModuleScope *scope, bool *fires,
                   Arena *arena, Diags *diags) {
    const Lifecycle *lifecycle = &record->node->as.resource->config->lifecycle;
    *fires = false;
    vec_each(&lifecycle->replace_triggered_by, expr) {
        ObjectRef ref = {0};
        if (!object_ref_read(*expr, scope, &ref, arena, diags)) {
            trigger_report_errors(record->node, *expr, diags);
            return false;
        }
        if (ref.node == record->node)
            return trigger_report_self(*expr, record->node, diags);
        if (!ref_fires(&ref, record->module, fires, diags))
            return false;
    }
    return true;
}
