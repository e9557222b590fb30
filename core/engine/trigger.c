/* replace_triggered_by: does a planned change elsewhere ask for a replacement here? */
#include "trigger.h"

/* One reference, as steps behind a resource. */
typedef struct TriggerRef {
    const Node *node;
    InstanceKey key; /* KEY_NONE: all instances */
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
    const Expr *expr, const EvalScope *scope, TriggerRef *out, Arena *arena, Diags *diags) {
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
    if (traversal && read_traversal(traversal, out, arena))
        return true;
    diags_error(diags, expr->range, "Invalid replace_triggered_by expression",
                "Only managed resources of this module can trigger a replacement.");
    return false;
}

static bool record_fires(const InstanceRecord *record, const TriggerRef *ref) {
    const ResourceChange *change = record->planned;
    if (!change || change->action == ACTION_NO_OP || change->action == ACTION_READ)
        return false;
    if (ref->path.count == 0)
        return true;
    Value before, after;
    if (value_is_null(change->before))
        return true;
    if (!path_get(change->before, ref->path, &before) ||
        !path_get(change->after, ref->path, &after)) {
        return true;
    }
    return !value_equal(before, after);
}

static bool ref_fires(const TriggerRef *ref, ModuleInstance *module) {
    const ResourceExpansion *resource = node_slot(ref->node, module)->payload;
    if (!resource)
        return false;
    size_t index;
    if (ref->key.kind != KEY_NONE) {
        return expansion_find(&resource->expansion, ref->key, &index) &&
               record_fires(&resource->records[index], ref);
    }
    for (size_t i = 0; i < resource->expansion.count; i++) {
        if (record_fires(&resource->records[i], ref))
            return true;
    }
    return false;
}

bool trigger_fires(
    const InstanceRecord *record, const EvalScope *scope, bool *fires, Arena *arena, Diags *diags) {
    const Lifecycle *lifecycle = &record->node->as.resource->config->lifecycle;
    *fires = false;
    vec_each(&lifecycle->replace_triggered_by, expr) {
        TriggerRef ref = {0};
        if (!read_expr(*expr, scope, &ref, arena, diags))
            return false;
        if (ref_fires(&ref, record->module))
            *fires = true;
    }
    return true;
}
