/* replace_triggered_by: checks planned changes of the referenced resources. */
#include "trigger.h"

#include "log.h"

/* One reference: a resource, an instance key, and a path in the object. */
typedef struct TriggerRef {
    const Node *node;
    InstanceKey key; /* KEY_NONE: all instances or, with a path, the only one */
    Path path;       /* empty: the whole object */
} TriggerRef;

static bool add_step(TriggerRef *ref, bool is_index, Str name, Value key, Arena *arena) {
    bool is_first = ref->path.count == 0;
    if (is_first && is_index && ref->key.kind == KEY_NONE) {
        ref->key = address_key_from_value(key);
        return true;
    }
    ref->path =
        is_index ? path_index(ref->path, key, arena) : path_attribute(ref->path, name, arena);
    return true;
}

static bool read_traversal(const Traversal *traversal, TriggerRef *out, Arena *arena) {
    const Binding *binding = traversal->binding;
    if (!binding || !binding->node || binding->node->kind != NODE_RESOURCE)
        return false;
    out->node = binding->node;
    for (size_t i = binding->reference.used; i < traversal->step_count; i++) {
        const TraversalStep *step = &traversal->steps[i];
        add_step(out, step->is_index, step->name, step->key, arena);
    }
    return true;
}

static bool read_expr(
    const Expr *expr, const ModuleScope *scope, TriggerRef *out, Arena *arena, Diags *diags) {
    if (expr->kind == EXPR_ATTRIBUTE) {
        return read_expr(expr->as.attribute.object, scope, out, arena, diags) &&
               add_step(out, false, expr->as.attribute.name, value_null(&TYPE_DYNAMIC), arena);
    }
    if (expr->kind == EXPR_INDEX) {
        Value key;
        return read_expr(expr->as.index.object, scope, out, arena, diags) &&
               eval_expr(expr->as.index.key, &scope->scope, &key, arena, diags) &&
               add_step(out, true, STR_EMPTY, value_without_marks(key), arena);
    }
    const Traversal *traversal = expr_as_traversal(expr);
    return traversal && read_traversal(traversal, out, arena);
}

/* Reports why a reference was not resolved: the errors of its names, or else a general error. */
static void report_errors(const Node *node, const Expr *expr, Diags *diags) {
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

static bool record_fires(const InstanceRecord *record, const TriggerRef *ref) {
    const ResourceChange *change = record->planned;
    if (!change || (change->action != ACTION_UPDATE && !action_is_replace(change->action)))
        return false;
    if (ref->path.count == 0)
        return true;
    Value before, after;
    bool was_there = path_get(change->before, ref->path, &before);
    bool is_there = path_get(change->after, ref->path, &after);
    bool fires = was_there && is_there ? !value_equal(before, after) : was_there != is_there;
    log_debug("trigger", log_text("resource", ref->node->name),
              log_number("steps", (int64_t)ref->path.count), log_number("before", was_there),
              log_number("after", is_there), log_number("fires", fires));
    return fires;
}

/* Reports a reference to an instance that does not exist. */
static bool report_missing(const TriggerRef *ref, const ModuleInstance *module, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("trigger");
    const Resource *config = ref->node->as.resource->config;
    ResourceAddr address = {module->address, config->mode, config->type, config->name, ref->key};
    diags_error(diags, NO_RANGE, "No trigger for a replacement",
                "replace_triggered_by refers to %.*s, but the configuration has no such instance.",
                STR_ARG(resource_addr_to_str(address, scratch)))
        ->subject = DIAG_RELATION;
    return false;
}

static bool ref_fires(const TriggerRef *ref, ModuleInstance *module, bool *fires, Diags *diags) {
    const ResourceExpansion *resource = node_slot(ref->node, module)->payload;
    size_t count = resource ? resource->expansion.count : 0, index;
    bool is_whole = ref->key.kind == KEY_NONE && ref->path.count == 0;
    if (count == 0)
        return report_missing(ref, module, diags);
    if (is_whole) {
        for (size_t i = 0; i < count; i++)
            *fires = *fires || record_fires(&resource->records[i], ref);
        return true;
    }
    if (!expansion_find(&resource->expansion, ref->key, &index))
        return report_missing(ref, module, diags);
    *fires = *fires || record_fires(&resource->records[index], ref);
    return true;
}

bool trigger_fires(const InstanceRecord *record,
                   const ModuleScope *scope,
                   bool *fires,
                   Arena *arena,
                   Diags *diags) {
    const Lifecycle *lifecycle = &record->node->as.resource->config->lifecycle;
    *fires = false;
    vec_each(&lifecycle->replace_triggered_by, expr) {
        TriggerRef ref = {0};
        if (!read_expr(*expr, scope, &ref, arena, diags)) {
            report_errors(record->node, *expr, diags);
            return false;
        }
        if (!ref_fires(&ref, record->module, fires, diags))
            return false;
    }
    return true;
}
