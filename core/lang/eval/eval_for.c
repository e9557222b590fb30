/* eval_for: evaluates for expressions and the collections of loops. */

#include "evaluation.h"
#include "str_quote.h"

size_t eval_element_count(Value collection) {
    bool is_structural =
        collection.type->kind == KIND_TUPLE || collection.type->kind == KIND_OBJECT;
    return is_structural ? collection.type->count : collection.count;
}

void eval_loop_set(EvalLoop *loop, Value collection, size_t i) {
    loop->value = value_at(collection, i);
    if (!loop->key_name.len)
        return;
    switch ((int)collection.type->kind) {
    case KIND_SET: loop->key = loop->value; return;
    case KIND_MAP:
    case KIND_OBJECT: loop->key = value_from_str(value_key_at(collection, i)); return;
    default: loop->key = value_int_of((int64_t)i, NUMBER_PRECISION_INT); return;
    }
}

bool eval_loop_collection(Evaluation *evaluation, const Expr *expr, Value *out, uint8_t *marks,
                          bool *is_known) {
    const Expr *source = expr->as.loop.collection;
    if (!eval_node(evaluation, source, out))
        return false;
    if (value_is_null(*out))
        return eval_error(evaluation, source, "Iteration over null value",
                          "The collection of the 'for' expression is null.");
    if (type_is_primitive(out->type)) {
        Str type = type_friendly_name(out->type, evaluation->arena);
        return eval_error(
            evaluation, source, "Iteration over non-iterable value",
            "A 'for' expression requires a list, set, tuple, map or object, and this is a %.*s.",
            STR_ARG(type));
    }
    *marks = out->type->kind == KIND_DYNAMIC ? 0 : out->marks;
    *is_known = value_is_known(*out);
    *out = value_without_marks(*out);
    return !*is_known || eval_spend(evaluation, source, (int64_t)eval_element_count(*out), 0);
}

typedef struct ForResult {
    ValueVec items;
    StrVec names; /* attribute names of an object */
    Map places;   /* name → index + 1 */
    VEC(ValueVec) groups;
    uint8_t marks;
    bool is_known;
} ForResult;

static bool for_report_condition(Evaluation *inner, const Expr *expr, Str why) {
    return eval_error(inner, expr, "Invalid 'for' condition",
                      "The result of the 'if' clause must be true or false: %.*s.", STR_ARG(why));
}

static bool for_convert(Evaluation *inner, Value *condition, ConvertError *error) {
    return convert_value(*condition, &TYPE_BOOL, condition, error, inner->arena);
}

/* Evaluates the condition to a bool or unknown. If it has no bool, *has_it is false and the result
 * becomes unknown; only the first such element is an error. */
static bool for_condition(Evaluation *inner, const Expr *expr, bool is_known, Value *out,
                          bool *has_it) {
    ConvertError error;
    *has_it = false;
    if (!eval_node(inner, expr, out))
        return false;
    bool is_null = value_is_null(*out);
    *has_it = !is_null && (!value_is_known(*out) || for_convert(inner, out, &error));
    if (*has_it || !is_known)
        return true;
    if (!is_null)
        return for_report_condition(inner, expr, error.message);
    return eval_error(inner, expr, "Condition is null",
                      "The result of the 'if' clause is null for this element.");
}

/* Sets *is_in if the element passes the condition. An unknown condition makes the whole result
 * unknown. */
static bool for_includes(Evaluation *inner, const Expr *expr, ForResult *result, bool *is_in) {
    Value condition;
    bool has_it;
    ConvertError error;
    *is_in = true;
    if (!expr->as.loop.condition)
        return true;
    if (!for_condition(inner, expr->as.loop.condition, result->is_known, &condition, &has_it))
        return false;
    /* As in Terraform, only loops that make objects check the type of an unknown condition. */
    bool has_type = !has_it || !expr->as.loop.key || for_convert(inner, &condition, &error);
    if (!has_type && result->is_known)
        return for_report_condition(inner, expr->as.loop.condition, error.message);
    if (has_it)
        result->marks |= condition.marks;
    if (!has_it || !value_is_known(condition))
        result->is_known = false;
    *is_in = has_it && value_is_known(condition) && condition.as.boolean;
    return true;
}

/* Evaluates the key to a string or unknown; *has_it as in for_condition. */
static bool for_key(Evaluation *inner, const Expr *expr, bool is_known, Value *out, bool *has_it) {
    ConvertError error;
    *has_it = false;
    if (!eval_node(inner, expr, out))
        return false;
    bool is_null = value_is_null(*out);
    *has_it = !is_null && (!value_is_known(*out) ||
                           convert_value(*out, &TYPE_STRING, out, &error, inner->arena));
    if (*has_it || !is_known)
        return true;
    if (is_null)
        eval_error(inner, expr, "Invalid object key",
                   "The key of this element is null. To omit such elements, use an 'if' clause.");
    else
        eval_error(inner, expr, "Invalid object key",
                   "The key of an element must be a string: %.*s.", STR_ARG(error.message));
    return false;
}

static bool for_add_named(Evaluation *inner, const Expr *expr, Str name, Value value,
                          ForResult *result) {
    size_t place = (size_t)(uintptr_t)map_find(&result->places, name);
    Arena *arena = inner->arena;
    if (place && !expr->as.loop.groups) {
        Str quoted = (result->marks & MARKS_SECRET) ? STR("(sensitive value)")
                                                    : eval_shorten(str_quote(name, arena), arena);
        return eval_error(
            inner, expr->as.loop.key, "Duplicate object key",
            "The key %.*s occurs twice. To collect all values of a key in a tuple, write an "
            "ellipsis (...) after the value.",
            STR_ARG(quoted));
    }
    if (!place) {
        vec_push(arena, &result->names, name);
        vec_push(arena, &result->items, value);
        if (expr->as.loop.groups)
            vec_push(arena, &result->groups, (ValueVec){0});
        place = result->names.count;
        map_set(&result->places, name, (void *)(uintptr_t)place);
    }
    if (expr->as.loop.groups)
        vec_push(arena, &result->groups.items[place - 1], value);
    return true;
}

static bool for_element(Evaluation *inner, const Expr *expr, ForResult *result) {
    Value key;
    Value value;
    bool is_in;
    bool has_key = true;
    if (!for_includes(inner, expr, result, &is_in))
        return false;
    if (!is_in)
        return true;
    if (expr->as.loop.key) {
        if (!for_key(inner, expr->as.loop.key, result->is_known, &key, &has_key))
            return false;
        if (!has_key || !value_is_known(key))
            result->is_known = false;
        if (!has_key)
            return true;
        result->marks |= key.marks;
        if (!value_is_known(key))
            return true;
    }
    if (!eval_node(inner, expr->as.loop.value, &value))
        return false;
    if (!expr->as.loop.key) {
        vec_push(inner->arena, &result->items, value);
        return true;
    }
    return for_add_named(inner, expr, value_text(key), value, result);
}

static Value for_finish(const Expr *expr, ForResult *result, Arena *arena) {
    if (!result->is_known)
        return value_unknown(&TYPE_DYNAMIC);
    if (!expr->as.loop.key)
        return value_tuple(result->items.items, result->items.count, arena);
    for (size_t i = 0; i < result->groups.count; i++)
        result->items.items[i] =
            value_tuple(result->groups.items[i].items, result->groups.items[i].count, arena);
    return value_object(result->names.items, result->items.items, result->items.count, arena);
}

/* Reports a condition that is invalid for every element, even if there are no elements. */
static bool for_check_condition(Evaluation *inner, const Expr *expr, EvalLoop *loop,
                                ForResult *result) {
    Value condition;
    bool has_it;
    ConvertError error;
    if (!expr->as.loop.condition)
        return true;
    loop->key = value_unknown(&TYPE_DYNAMIC);
    loop->value = value_unknown(&TYPE_DYNAMIC);
    if (!for_condition(inner, expr->as.loop.condition, true, &condition, &has_it))
        return false;
    if (!result->is_known)
        result->marks |= condition.marks;
    return for_convert(inner, &condition, &error) ||
           for_report_condition(inner, expr->as.loop.condition, error.message);
}

bool eval_for(Evaluation *evaluation, const Expr *expr, Value *out) {
    Value collection;
    ForResult result = {.is_known = true};
    if (!eval_loop_collection(evaluation, expr, &collection, &result.marks, &result.is_known))
        return false;
    EvalLoop loop = {.outer = evaluation->loops,
                     .key_name = expr->as.loop.key_name,
                     .value_name = expr->as.loop.value_name};
    Evaluation inner = *evaluation;
    inner.loops = &loop;
    size_t count = result.is_known ? eval_element_count(collection) : 0;
    if (collection.type != &TYPE_DYNAMIC && !for_check_condition(&inner, expr, &loop, &result))
        return false;
    if (expr->as.loop.key)
        result.places = map_new(evaluation->arena);
    bool is_good = true;
    size_t before = evaluation->diags->count;
    size_t limit = evaluation->diags->error_count + EVAL_ERRORS_MAX;
    for (size_t i = 0; i < count && eval_goes_on(evaluation, limit); i++) {
        eval_loop_set(&loop, collection, i);
        is_good = for_element(&inner, expr, &result) && is_good;
        result.is_known = result.is_known && is_good;
    }
    eval_mark_each(evaluation, before);
    if (!is_good || !eval_spend(evaluation, expr, 0, 0))
        return false;
    *out = value_with_marks(for_finish(expr, &result, evaluation->arena), result.marks);
    return true;
}
