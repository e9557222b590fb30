#include "argocd_equal.h"

bool argocd_equal_is_empty(Value v) {
    if (!value_is_present(v))
        return true;
    bool is_text = v.type->kind == KIND_STRING, is_flag = v.type->kind == KIND_BOOL;
    bool is_sequence = v.type->kind == KIND_OBJECT || v.type->kind == KIND_TUPLE;
    if (is_text)
        return value_text(v).len == 0;
    if (is_flag)
        return !value_is_true(v);
    for (size_t i = 0; v.type->kind == KIND_OBJECT && i < v.count; i++) {
        if (!argocd_equal_is_empty(value_at(v, i)))
            return false;
    }
    return is_sequence && (v.count == 0 || v.type->kind == KIND_OBJECT);
}

/* Returns whether `b` has all members of `a` with equal values. */
static bool equal_has_members(Value a, Value b) {
    for (size_t i = 0; i < a.count; i++) {
        Value other = value_null(&TYPE_DYNAMIC);
        (void)value_find_present(b, value_key_at(a, i), &other);
        if (!argocd_equal(value_at(a, i), other))
            return false;
    }
    return true;
}

static bool equal_has_items(Value a, Value b) {
    bool same = a.count == b.count;
    for (size_t i = 0; same && i < a.count; i++)
        same = argocd_equal(value_at(a, i), value_at(b, i));
    return same;
}

bool argocd_equal(Value a, Value b) {
    if (argocd_equal_is_empty(a) || argocd_equal_is_empty(b))
        return argocd_equal_is_empty(a) && argocd_equal_is_empty(b);
    if (a.type->kind == KIND_OBJECT && b.type->kind == KIND_OBJECT)
        return equal_has_members(a, b) && equal_has_members(b, a);
    if (a.type->kind == KIND_TUPLE && b.type->kind == KIND_TUPLE)
        return equal_has_items(a, b);
    return value_equal(a, b);
}
