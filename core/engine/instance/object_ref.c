/* object_ref: follows the steps of a reference. */
#include "object_ref.h"

static bool ref_add_step(ObjectRef *ref, bool is_index, Str name, Value key, Arena *arena) {
    bool is_first = ref->path.count == 0;
    if (is_first && is_index && !ref->has_key) {
        ref->has_key = true;
        ref->key = address_key_from_value(key);
        return true;
    }
    ref->path =
        is_index ? path_index(ref->path, key, arena) : path_attribute(ref->path, name, arena);
    return true;
}

static bool read_traversal(const Traversal *traversal, ObjectRef *out, Arena *arena) {
    const Binding *binding = traversal->binding;
    if (!binding || !binding->node || binding->node->kind != NODE_RESOURCE)
        return false;
    out->node = binding->node;
    for (size_t i = binding->reference.used; i < traversal->step_count; i++) {
        const TraversalStep *step = &traversal->steps[i];
        ref_add_step(out, step->is_index, step->name, step->key, arena);
    }
    return true;
}

bool object_ref_read(const Expr *expr, const ModuleScope *scope, ObjectRef *out, Arena *arena,
                     Diags *diags) {
    if (expr->kind == EXPR_ATTRIBUTE) {
        return object_ref_read(expr->as.attribute.object, scope, out, arena, diags) &&
               ref_add_step(out, false, expr->as.attribute.name, value_null(&TYPE_DYNAMIC), arena);
    }
    if (expr->kind == EXPR_INDEX) {
        Value key;
        return object_ref_read(expr->as.index.object, scope, out, arena, diags) &&
               eval_expr(expr->as.index.key, &scope->scope, &key, arena, diags) &&
               ref_add_step(out, true, STR_EMPTY, value_without_marks(key), arena);
    }
    const Traversal *traversal = expr_as_traversal(expr);
    return traversal && read_traversal(traversal, out, arena);
}
