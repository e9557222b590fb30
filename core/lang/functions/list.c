/* list: functions that build lists and tuples from others. */
#include "functions.h"

#include "arithmetic.h"
#include "eval.h"
#include "evaluation.h"
#include "item_index.h"
#include "refinement.h"
#include "sequence.h"

static Value list_from_items(const FunctionCall *call, const Type *element, const ValueVec *items) {
    return value_list(element, items->items, items->count, call->arena);
}

/* Returns the common list type if all arguments are lists, else NULL. */
static const Type *concat_list_type(const FunctionCall *call) {
    const Type **types = arena_new_array(call->arena, const Type *, call->count);
    for (size_t i = 0; i < call->count; i++) {
        if (call->arguments[i].type->kind != KIND_LIST)
            return NULL;
        types[i] = call->arguments[i].type;
    }
    return convert_unify(types, call->count, call->arena);
}

static bool concat_check(FunctionCall *call, Str *error) {
    if (call->count == 0)
        return function_fail(call, SIZE_MAX, error, "at least one argument is required");
    for (size_t i = 0; i < call->count; i++) {
        const Type *type = call->arguments[i].type;
        /* As in Terraform, arguments after a list of unknown length are not checked. */
        if (type->kind == KIND_LIST && !value_is_known(call->arguments[i]))
            return true;
        if (type->kind == KIND_LIST || type->kind == KIND_TUPLE)
            continue;
        return function_fail(call, i, error, "all arguments must be lists or tuples; got %.*s",
                             STR_ARG(type_friendly_name(type, call->arena)));
    }
    return true;
}

static bool concat_type(FunctionCall *call, const Type **out, Str *error) {
    if (!concat_check(call, error))
        return false;
    const Type *list = concat_list_type(call);
    VEC(const Type *) types = {0};
    for (size_t i = 0; i < call->count; i++) {
        Value value = call->arguments[i];
        bool is_list = value.type->kind == KIND_LIST;
        if (is_list && !value_is_known(value)) {
            *out = list ? list : &TYPE_DYNAMIC;
            return true;
        }
        for (size_t k = 0; k < sequence_count(value); k++)
            vec_push(call->arena, &types, is_list ? value.type->element : type_at(value.type, k));
    }
    *out = list ? list : type_tuple(types.items, types.count, call->arena);
    return true;
}

static bool list_concat(FunctionCall *call, Value *out, Str *error) {
    ValueVec items = {0};
    uint8_t marks = 0;
    ConvertError failure;
    if (!concat_check(call, error))
        return false;
    const Type *list = concat_list_type(call);
    for (size_t i = 0; i < call->count; i++) {
        Value value = sequence_take_marks(call->arguments[i], &marks);
        if (list && !convert_value(value, list, &value, &failure, call->arena))
            return function_fail(call, i, error, "%.*s", STR_ARG(failure.message));
        if (!function_spend(call, sequence_count(value), 0, error))
            return false;
        vec_reserve(call->arena, &items, items.count + sequence_count(value));
        for (size_t k = 0; k < sequence_count(value); k++)
            vec_push(call->arena, &items, value_at(value, k));
    }
    Value result = list ? list_from_items(call, list->element, &items)
                        : value_tuple(items.items, items.count, call->arena);
    return function_give(value_with_marks(result, marks), out);
}

typedef struct Flattening {
    Arena *arena;
    ValueVec items;
    uint8_t marks;
    bool is_known;
} Flattening;

static void flatten_into(Flattening *flattening, Value value) {
    Value list = sequence_take_marks(value, &flattening->marks);
    if (!value_is_known(list) || !sequence_has_count(list)) {
        flattening->is_known = false;
        return;
    }
    for (size_t i = 0; i < eval_element_count(list); i++) {
        Value item = value_at(list, i);
        if (!value_is_known(item) && item.type == &TYPE_DYNAMIC) {
            flattening->is_known = false;
        } else if (!value_is_null(item) && type_is_sequence(item.type)) {
            flatten_into(flattening, item);
        } else {
            vec_push(flattening->arena, &flattening->items, item);
        }
    }
}

static bool list_flatten(FunctionCall *call, Value *out, Str *error) {
    /* As in Terraform, a map or object is accepted while it contains unknowns. */
    Value list = call->arguments[0];
    bool has_elements =
        type_is_sequence(list.type) || (type_is_mapping(list.type) && !value_is_wholly_known(list));
    if (!has_elements)
        return function_fail(call, 0, error, "can only flatten lists, sets and tuples");
    if (!function_check_room(call, list, error))
        return false;
    Flattening flattening = {.arena = call->arena, .is_known = true};
    flatten_into(&flattening, call->arguments[0]);
    if (!function_spend(call, flattening.items.count, 0, error))
        return false;
    Value result = flattening.is_known
                       ? value_tuple(flattening.items.items, flattening.items.count, call->arena)
                       : value_unknown(&TYPE_DYNAMIC);
    return function_give(value_with_marks(result, flattening.marks), out);
}

static bool list_compact(FunctionCall *call, Value *out, Str *) {
    Value list = call->arguments[0];
    ValueVec items = {0};
    if (!value_is_wholly_known(list))
        return function_give(function_unknown(call, list.type), out);
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (!value_is_null(item) && item.count)
            vec_push(call->arena, &items, item);
    }
    return function_give(list_from_items(call, &TYPE_STRING, &items), out);
}

/* Keeps the order of first occurrence. */
static bool list_distinct(FunctionCall *call, Value *out, Str *) {
    Value list = call->arguments[0];
    ValueVec items = {0};
    if (!value_is_wholly_known(list))
        return function_give(function_unknown(call, list.type), out);
    ItemIndex index = item_index_new(list.count, value_equal, call->arena);
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (item_index_add(&index, item))
            vec_push(call->arena, &items, item);
    }
    return function_give(list_from_items(call, list.type->element, &items), out);
}

static bool distinct_type(FunctionCall *call, const Type **out, Str *) {
    *out = call->arguments[0].type;
    return true;
}

static bool chunklist_type(FunctionCall *call, const Type **out, Str *) {
    *out = type_list(call->arguments[0].type, call->arena);
    return true;
}

static bool list_chunklist(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    Value list = sequence_take_marks(call->arguments[0], &marks);
    int64_t size = 0;
    ValueVec chunks = {0};
    if (!sequence_integer(call, 1, &size, error))
        return false;
    if (size < 0)
        return function_fail(call, 1, error, "the size argument must be positive");
    if (!function_spend(call, list.count, 0, error))
        return false;
    size_t step = size ? (size_t)size : list.count;
    for (size_t at = 0; at < list.count; at += step) {
        size_t count = list.count - at < step ? list.count - at : step;
        Value *items = arena_new_array(call->arena, Value, count);
        for (size_t i = 0; i < count; i++)
            items[i] = value_at(list, at + i);
        Value chunk = value_list(list.type->element, items, count, call->arena);
        vec_push(call->arena, &chunks, chunk);
    }
    return function_give(value_with_marks(list_from_items(call, list.type, &chunks), marks), out);
}

typedef struct Slice {
    size_t start;
    size_t end;
    bool is_known; /* both bounds are known */
} Slice;

static bool slice_bound(FunctionCall *call, size_t argument, size_t *out, Str *error) {
    Value list = call->arguments[0];
    bool is_counted = list.type->kind == KIND_TUPLE || value_is_known(list);
    const char *name = argument == 1 ? "start" : "end";
    int64_t bound = 0;
    if (!value_is_known(call->arguments[argument]))
        return true;
    if (!sequence_integer(call, argument, &bound, error))
        return false;
    if (bound < 0)
        return function_fail(call, argument, error, "%s index must not be less than zero", name);
    if (is_counted && (uint64_t)bound > sequence_count(list))
        return function_fail(call, argument, error,
                             "%s index must not be greater than the length of the list", name);
    *out = (size_t)bound;
    return true;
}

static bool slice_read(FunctionCall *call, Slice *out, Str *error) {
    TypeKind kind = call->arguments[0].type->kind;
    *out = (Slice){.is_known =
                       value_is_known(call->arguments[1]) && value_is_known(call->arguments[2])};
    if (kind == KIND_SET)
        return function_fail(
            call, 0, error,
            "a set has no order, so it has no slices; convert it with tolist first");
    if (kind != KIND_LIST && kind != KIND_TUPLE)
        return function_fail(call, 0, error, "must be a list or tuple value");
    if (!slice_bound(call, 1, &out->start, error) || !slice_bound(call, 2, &out->end, error))
        return false;
    if (out->is_known && out->start > out->end)
        return function_fail(call, 1, error, "start index must not be greater than end index");
    return true;
}

static bool slice_type(FunctionCall *call, const Type **out, Str *error) {
    const Type *type = call->arguments[0].type;
    Slice slice;
    *out = type->kind == KIND_LIST ? type : &TYPE_DYNAMIC;
    if (!slice_read(call, &slice, error))
        return false;
    if (type->kind == KIND_LIST || !slice.is_known)
        return true;
    VEC(const Type *) types = {0};
    for (size_t i = slice.start; i < slice.end; i++)
        vec_push(call->arena, &types, type_at(type, i));
    *out = type_tuple(types.items, types.count, call->arena);
    return true;
}

static bool list_slice(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    Value list = sequence_take_marks(call->arguments[0], &marks);
    Slice slice;
    if (!slice_read(call, &slice, error))
        return false;
    ValueVec items = {0};
    for (size_t i = slice.start; i < slice.end; i++)
        vec_push(call->arena, &items, value_at(list, i));
    Value result = list.type->kind == KIND_LIST
                       ? list_from_items(call, list.type->element, &items)
                       : value_tuple(items.items, items.count, call->arena);
    return function_give(value_with_marks(result, marks), out);
}

static bool reverse_type(FunctionCall *call, const Type **out, Str *error) {
    const Type *type = call->arguments[0].type;
    if (!type_is_sequence(type))
        return function_fail(call, 0, error, "can only reverse list or tuple values, not %.*s",
                             STR_ARG(type_friendly_name(type, call->arena)));
    *out = type;
    if (type->kind == KIND_SET)
        *out = type_list(type->element, call->arena);
    if (type->kind != KIND_TUPLE)
        return true;
    const Type **types = arena_new_array(call->arena, const Type *, type->count);
    for (size_t i = 0; i < type->count; i++)
        types[i] = type_at(type, type->count - 1 - i);
    *out = type_tuple(types, type->count, call->arena);
    return true;
}

static bool list_reverse(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    const Type *type = NULL;
    if (!reverse_type(call, &type, error))
        return false;
    Value list = sequence_take_marks(call->arguments[0], &marks);
    size_t count = sequence_count(list);
    Value *items = arena_new_array(call->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = value_at(list, count - 1 - i);
    Value result = type->kind == KIND_TUPLE ? value_tuple(items, count, call->arena)
                                            : value_list(type->element, items, count, call->arena);
    return function_give(value_with_marks(result, marks), out);
}

static int list_compare_texts(const void *a, const void *b) {
    return str_compare(value_text(*(const Value *)a), value_text(*(const Value *)b));
}

static bool list_sort(FunctionCall *call, Value *out, Str *error) {
    Value list = call->arguments[0];
    Value *items = arena_new_array(call->arena, Value, value_is_known(list) ? list.count : 0);
    if (!value_is_wholly_known(list)) {
        /* The order is unknown, but the length is refined. */
        Refinement refinement = refinement_of(list, call->arena);
        refinement.not_null = true;
        return function_give(refinement_to_value(&TYPE_LIST_OF_STRING, refinement, call->arena),
                             out);
    }
    for (size_t i = 0; i < list.count; i++) {
        items[i] = value_at(list, i);
        if (value_is_null(items[i]))
            return function_fail(call, 0, error, "element %zu is null and cannot be sorted", i);
    }
    qsort(items, list.count, sizeof(Value), list_compare_texts);
    return function_give(value_list(&TYPE_STRING, items, list.count, call->arena), out);
}

#define RANGE_MAX 1024

static bool range_fill(FunctionCall *call, Value start, Value end, Value step, Value *out,
                       Str *error) {
    ValueVec items = {0};
    int direction = arithmetic_sign(step, call->arena);
    if (direction == 0)
        return function_fail(call, SIZE_MAX, error, "step must not be zero");
    int order = arithmetic_compare(start, end, call->arena);
    if (order && order == direction)
        return function_fail(call, 1, error,
                             direction < 0
                                 ? "a negative step never leads from this start to this end"
                                 : "a positive step never leads from this start to this end");
    Value at = start;
    while (arithmetic_compare(at, end, call->arena) * direction < 0) {
        if (items.count >= RANGE_MAX)
            return function_fail(
                call, SIZE_MAX, error,
                "the result would have more than %d numbers; use closer limits or a larger step",
                RANGE_MAX);
        vec_push(call->arena, &items, at);
        if (!arithmetic_apply(ARITHMETIC_ADD, at, step, &at, error, call->arena))
            return false;
    }
    *out = list_from_items(call, &TYPE_NUMBER, &items);
    return function_spend(call, items.count, 0, error);
}

static bool list_range(FunctionCall *call, Value *out, Str *error) {
    const Value *given = call->arguments;
    if (call->count == 0 || call->count > 3)
        return function_fail(call, SIZE_MAX, error, "must have one, two, or three arguments");
    Value start = call->count > 1 ? given[0] : value_int_of(0, NUMBER_PRECISION_INT);
    Value end = call->count > 1 ? given[1] : given[0];
    bool is_down = arithmetic_compare(end, start, call->arena) < 0;
    Value step = call->count > 2 ? given[2] : value_int_of(is_down ? -1 : 1, NUMBER_PRECISION_INT);
    return range_fill(call, start, end, step, out, error);
}

static bool matchkeys_type(FunctionCall *call, const Type **out, Str *error) {
    const Type *types[] = {call->arguments[1].type, call->arguments[2].type};
    *out = call->arguments[0].type;
    return convert_unify(types, 2, call->arena) ||
           function_fail(call, 1, error, "the keys and the search values have no common type");
}

/* As in Terraform, the result is empty if a comparison that is needed has an unknown result. The
 * comparisons count as elements, because each key is compared with each wanted value. */
static bool match_unknown(FunctionCall *call, Value values, Value keys, Value wanted, Value *out,
                          Str *error) {
    ValueVec items = {0};
    for (size_t i = 0; i < keys.count; i++) {
        for (size_t k = 0; k < wanted.count; k++) {
            if (!function_spend(call, 1, 0, error))
                return false;
            Value equal = eval_equal(value_at(keys, i), value_at(wanted, k), call->arena);
            if (!value_is_known(equal))
                return true;
            if (!value_is_true(equal))
                continue;
            vec_push(call->arena, &items, value_at(values, i));
            break;
        }
    }
    return function_give(list_from_items(call, values.type->element, &items), out);
}

static bool list_matchkeys(FunctionCall *call, Value *out, Str *error) {
    const Type *type = NULL;
    if (!matchkeys_type(call, &type, error))
        return false;
    Value values = call->arguments[0];
    Value keys = call->arguments[1];
    Value wanted = call->arguments[2];
    if (values.count != keys.count)
        return function_fail(call, SIZE_MAX, error, "keys and values must have the same length");
    bool is_known = value_is_wholly_known(keys) && value_is_wholly_known(values);
    *out = function_unknown(call, type);
    if (wanted.count && !is_known)
        return true;
    const Type *types[] = {keys.type, wanted.type};
    const Type *common = convert_unify(types, 2, call->arena);
    ConvertError failure;
    if (!convert_value(keys, common, &keys, &failure, call->arena) ||
        !convert_value(wanted, common, &wanted, &failure, call->arena))
        return function_fail(call, 1, error, "%.*s", STR_ARG(failure.message));
    *out = list_from_items(call, type->element, &(ValueVec){0});
    if (!value_is_wholly_known(wanted))
        return match_unknown(call, values, keys, wanted, out, error);
    if (!function_spend(call, keys.count, 0, error) ||
        !function_spend(call, wanted.count, 0, error))
        return false;
    ItemIndex index = item_index_new(wanted.count, value_equal, call->arena);
    for (size_t i = 0; i < wanted.count; i++)
        (void)item_index_add(&index, value_at(wanted, i));
    ValueVec items = {0};
    for (size_t i = 0; i < keys.count; i++) {
        if (item_index_has(&index, value_at(keys, i)))
            vec_push(call->arena, &items, value_at(values, i));
    }
    return function_give(list_from_items(call, type->element, &items), out);
}

/* clang-format off */
static const Function list_functions[] = {
    {
        .name = "chunklist", .blames_call = true,
        PARAMETERS({"list", &TYPE_LIST_OF_ANY, PARAMETER_MARKED},
                   {"size", &TYPE_NUMBER, 0,
                    "Maximum number of elements of each list."}),
        .result_type = chunklist_type,
        .run = list_chunklist,
        .description = "The list, divided into lists with a maximum number of elements.",
        .example = "chunklist([\"a\", \"b\", \"c\"], 2) = tolist([[\"a\", \"b\"], [\"c\"]])",
    },
    {
        .name = "compact",
        PARAMETERS({"list", &TYPE_LIST_OF_STRING}),
        .type = &TYPE_LIST_OF_STRING,
        .run = list_compact,
        .description = "The list without null and empty strings.",
        .example = "compact([\"a\", \"\", \"b\"]) = tolist([\"a\", \"b\"])",
    },
    {
        .name = "concat",
        VARIADIC({"seqs", &TYPE_DYNAMIC, PARAMETER_MARKED}),
        .result_type = concat_type,
        .run = list_concat,
        .description = "All lists, concatenated.",
        .example = "concat([\"a\"], [\"b\", \"c\"]) = [\"a\", \"b\", \"c\"]",
    },
    {
        .name = "distinct",
        PARAMETERS({"list", &TYPE_LIST_OF_ANY}),
        .result_type = distinct_type,
        .run = list_distinct,
        .description = "The list without repeated elements.",
        .example = "distinct([\"a\", \"b\", \"a\"]) = tolist([\"a\", \"b\"])",
    },
    {
        .name = "flatten", .blames_call = true,
        PARAMETERS({"list", &TYPE_DYNAMIC, PARAMETER_MARKED}),
        .run = list_flatten,
        .description = "The elements of nested lists, sets and tuples as one flat tuple.",
        .example = "flatten([[\"a\"], [], [\"b\", [\"c\"]]]) = [\"a\", \"b\", \"c\"]",
    },
    {
        .name = "matchkeys", .blames_call = true,
        PARAMETERS({"values", &TYPE_LIST_OF_ANY}, {"keys", &TYPE_LIST_OF_ANY}, {"searchset", &TYPE_LIST_OF_ANY}),
        .result_type = matchkeys_type,
        .run = list_matchkeys,
        .description = "The elements of the first list for which the second list has an element of the third.",
        .example = "matchkeys([\"x\", \"y\"], [\"a\", \"b\"], [\"b\"]) = tolist([\"y\"])",
    },
    {
        .name = "range",
        VARIADIC({"params", &TYPE_NUMBER}),
        .type = &TYPE_LIST_OF_NUMBER,
        .run = list_range,
        .description = "Numbers from a start (default 0) up to, not including, a limit, by a step (default 1).",
        .example = "range(1, 7, 2) = tolist([1, 3, 5])",
    },
    {
        .name = "reverse",
        PARAMETERS({"list", &TYPE_DYNAMIC, PARAMETER_MARKED}),
        .result_type = reverse_type,
        .run = list_reverse,
        .description = "The elements in reverse order.",
        .example = "reverse([1, 2, 3]) = [3, 2, 1]",
    },
    {
        .name = "slice",
        PARAMETERS({"list", &TYPE_DYNAMIC, PARAMETER_MARKED},
                   {"start_index", &TYPE_NUMBER},
                   {"end_index", &TYPE_NUMBER}),
        .result_type = slice_type,
        .run = list_slice,
        .description = "The elements from one index up to, not including, another.",
        .example = "slice([\"a\", \"b\", \"c\"], 1, 3) = [\"b\", \"c\"]",
    },
    {
        .name = "sort",
        PARAMETERS({"list", &TYPE_LIST_OF_STRING, PARAMETER_UNKNOWN}),
        .type = &TYPE_LIST_OF_STRING,
        .run = list_sort,
        .description = "The strings, sorted by their bytes.",
        .example = "sort([\"b\", \"a\"]) = tolist([\"a\", \"b\"])",
    },
};
/* clang-format on */

const FunctionFamily functions_list = {list_functions, ARRAY_COUNT(list_functions)};
