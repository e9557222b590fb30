/* eval_splat: evaluates object[*].each. A value that is not a sequence counts as a sequence of one
 * element, null as an empty one. */

#include "evaluation.h"
#include "refinement.h"

static bool splat_each(Evaluation *evaluation, const Expr *expr, Value item, Value *out) {
    Evaluation inner = *evaluation;
    inner.splat_item = &item;
    return eval_node(&inner, expr->as.splat.each, out);
}

/* Computes the result for a source of which only the type is known. */
static bool splat_unknown(Evaluation *evaluation, const Expr *expr, Value source, Value *out) {
    const Type *type = source.type;
    Arena *arena = evaluation->arena;
    size_t count = type->kind == KIND_TUPLE ? type->count : 1;
    const Type **types = arena_new_array(arena, const Type *, count);
    for (size_t i = 0; i < count; i++) {
        const Type *element = type->kind == KIND_TUPLE ? type_at(type, i) : type->element;
        Value item;
        if (!splat_each(evaluation, expr, value_unknown(element), &item))
            return false;
        types[i] = item.type;
    }
    const Type *result =
        type->kind == KIND_TUPLE ? type_tuple(types, count, arena) : type_list(types[0], arena);
    Refinement refinement = refinement_any();
    if (type_is_collection(type))
        refinement = refinement_of(source, arena);
    refinement.not_null = true;
    *out = refinement_to_value(result, refinement, arena);
    return true;
}

static bool is_one_type(const Value *items, size_t count) {
    for (size_t i = 1; i < count; i++)
        if (!type_equal(items[i].type, items[0].type))
            return false;
    return true;
}

static bool splat_known(Evaluation *evaluation, const Expr *expr, Value source, Value *out) {
    bool is_tuple = source.type->kind == KIND_TUPLE;
    size_t count = eval_element_count(source);
    Arena *arena = evaluation->arena;
    if (!eval_spend(evaluation, expr, (int64_t)count, 0))
        return false;
    if (count == 0 && !is_tuple) {
        Value unknown;
        if (!splat_unknown(evaluation, expr, source, &unknown))
            return false;
        *out = value_list(unknown.type->element, NULL, 0, arena);
        return true;
    }
    Value *items = arena_new_array(arena, Value, count);
    bool is_good = true;
    size_t limit = evaluation->diags->error_count + EVAL_ERRORS_MAX;
    size_t before = evaluation->diags->count;
    for (size_t i = 0; i < count && eval_goes_on(evaluation, limit); i++)
        is_good = splat_each(evaluation, expr, value_at(source, i), &items[i]) && is_good;
    eval_mark_each(evaluation, before);
    if (!is_good || !eval_spend(evaluation, expr, 0, 0))
        return false;
    if (!is_tuple && !is_one_type(items, count))
        return eval_error(
            evaluation, expr, "Inconsistent splat results",
            "The results for the elements of the list have different types. Use a 'for' "
            "expression instead, whose result is a tuple.");
    if (is_tuple) {
        *out = value_tuple(items, count, arena);
    } else {
        *out = value_list(items[0].type, items, count, arena);
    }
    return true;
}

/* As in Terraform, both the tuple and its element carry the marks. */
static bool splat_single(Evaluation *evaluation, const Expr *expr, Value source, Value *out) {
    bool is_settled = value_is_known(source) || refinement_is_never_null(source);
    Value result = value_unknown(&TYPE_DYNAMIC);
    Value *item = arena_new(evaluation->arena, Value);
    if (value_is_null(source)) {
        result = value_tuple(NULL, 0, evaluation->arena);
    } else if (!splat_each(evaluation, expr, source, item)) {
        return false;
    } else if (is_settled) {
        result = value_tuple(item, 1, evaluation->arena);
    }
    *out = value_with_marks(result, source.marks);
    return true;
}

bool eval_splat(Evaluation *evaluation, const Expr *expr, Value *out) {
    Value source;
    Value result;
    if (!eval_node(evaluation, expr->as.splat.object, &source))
        return false;
    bool is_open = source.type->kind == KIND_DYNAMIC && !value_is_null(source);
    if (is_open) {
        *out = value_with_marks(value_unknown(&TYPE_DYNAMIC), source.marks);
        return true;
    }
    if (!type_is_sequence(source.type))
        return splat_single(evaluation, expr, source, out);
    if (value_is_null(source))
        return eval_error(evaluation, expr->as.splat.object, "Splat of null value",
                          "The list before the * is null, so it has no elements.");
    Value bare = value_without_marks(source);
    bool is_good = value_is_known(bare) ? splat_known(evaluation, expr, bare, &result)
                                        : splat_unknown(evaluation, expr, bare, &result);
    if (is_good)
        *out = value_with_marks(result, source.marks);
    return is_good;
}
