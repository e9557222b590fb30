/* refinement: partial knowledge about unknown values. */
#include "refinement.h"

Refinement refinement_any(void) {
    return (Refinement){.length_max = UINT32_MAX};
}

static const Value *refinement_keep(Value v, Arena *arena) {
    Value *kept = arena_new(arena, Value);
    *kept = v;
    return kept;
}

/* Unknown members of a set may turn out equal. */
static bool may_coalesce(Value known) {
    return known.type->kind == KIND_SET && known.count > 1 && !value_is_wholly_known(known);
}

Refinement refinement_of(Value v, Arena *arena) {
    Refinement refinement = refinement_any();
    if (!value_is_known(v))
        return v.as.refinement ? *v.as.refinement : refinement;
    if (value_is_null(v))
        return refinement;
    refinement.not_null = true;
    if (v.type->kind == KIND_STRING)
        refinement.prefix = value_text(v);
    if (v.type->kind == KIND_NUMBER)
        refinement.min = refinement.max = refinement_keep(value_without_marks(v), arena);
    /* As in Terraform, a set with unknown members has length bounds only in refinement_length. */
    if (type_is_collection(v.type) && !may_coalesce(v))
        refinement.length_min = refinement.length_max = v.count;
    return refinement;
}

/* Sets *out to a list of `length` unknown elements, a set of at most one, or an empty map. Returns
 * false if the length does not determine the collection. */
static bool collection_of_length(const Type *type, uint32_t length, Value *out, Arena *arena) {
    if (length > 1 && type->kind == KIND_SET)
        return false;
    if (length > 0 && type->kind == KIND_MAP)
        return false;
    Value *items = arena_new_array(arena, Value, length);
    for (size_t i = 0; i < length; i++)
        items[i] = value_unknown(type->element);
    if (type->kind == KIND_LIST)
        *out = value_list(type->element, items, length, arena);
    else if (type->kind == KIND_SET)
        *out = value_set(type->element, items, length, arena);
    else
        *out = value_map(type->element, NULL, NULL, 0, arena);
    return true;
}

/* Longer collections stay unknown as a whole. */
enum { SPELLED_MAX = 100000 };

Value refinement_to_value(const Type *type, Refinement refinement, Arena *arena) {
    Value known;
    bool is_number = type->kind == KIND_NUMBER && refinement.min && refinement.max;
    if (type->kind == KIND_DYNAMIC)
        return value_unknown(type);
    if (is_number && refinement.not_null && value_compare(*refinement.min, *refinement.max) == 0)
        return *refinement.min;
    bool has_length = type_is_collection(type) && refinement.length_min == refinement.length_max;
    bool is_determined = has_length && refinement.not_null &&
                         refinement.length_min <= SPELLED_MAX &&
                         collection_of_length(type, refinement.length_min, &known, arena);
    if (is_determined)
        return known;
    bool is_empty = !refinement.not_null && refinement.prefix.len == 0 && !refinement.min &&
                    !refinement.max && refinement.length_min == 0 &&
                    refinement.length_max == UINT32_MAX;
    return is_empty ? value_unknown(type) : value_unknown_refined(type, refinement, arena);
}

Value refinement_not_null(const Type *type, Arena *arena) {
    Refinement refinement = refinement_any();
    refinement.not_null = true;
    return refinement_to_value(type, refinement, arena);
}

Value refinement_add_not_null(Value v, Arena *arena) {
    if (refinement_is_never_null(v) || value_is_known(v))
        return v;
    Refinement refinement = refinement_of(v, arena);
    refinement.not_null = true;
    return value_with_marks(refinement_to_value(v.type, refinement, arena), v.marks);
}

bool refinement_is_never_null(Value v) {
    if (value_is_known(v))
        return !value_is_null(v);
    return v.as.refinement && v.as.refinement->not_null;
}

/* Returns the lower (direction -1) or upper (1) of two bounds; NULL if either has no bound. */
static const Value *outer_bound(const Value *a, const Value *b, int direction) {
    if (!a || !b)
        return NULL;
    return value_compare(*a, *b) * direction >= 0 ? a : b;
}

Refinement refinement_join(Value a, Value b, Arena *arena) {
    Refinement joined = refinement_any();
    Refinement left = refinement_of(a, arena);
    Refinement right = refinement_of(b, arena);
    joined.not_null = left.not_null && right.not_null;
    if (a.type->kind == KIND_NUMBER && b.type->kind == KIND_NUMBER) {
        joined.min = outer_bound(left.min, right.min, -1);
        joined.max = outer_bound(left.max, right.max, 1);
    }
    if (type_is_collection(a.type) && type_equal(a.type, b.type)) {
        bool is_left_least = left.length_min < right.length_min;
        joined.length_min = is_left_least ? left.length_min : right.length_min;
        bool is_left_most = left.length_max > right.length_max;
        joined.length_max = is_left_most ? left.length_max : right.length_max;
    }
    return joined;
}

Value refinement_length(Value collection, Arena *arena) {
    Refinement of = refinement_of(collection, arena);
    Refinement length = refinement_any();
    if (value_is_present(collection) && may_coalesce(collection)) {
        of.length_min = 1;
        of.length_max = collection.count;
    }
    length.not_null = true;
    /* As in Terraform, the largest possible length is a bound too. */
    int64_t most = of.length_max == UINT32_MAX ? INT64_MAX : (int64_t)of.length_max;
    length.min = refinement_keep(value_int_of((int64_t)of.length_min, NUMBER_PRECISION_INT), arena);
    length.max = refinement_keep(value_int_of(most, NUMBER_PRECISION_INT), arena);
    return refinement_to_value(&TYPE_NUMBER, length, arena);
}
