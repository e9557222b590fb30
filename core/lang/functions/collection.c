/* collection: functions on lists, sets and tuples. */
#include "functions.h"

#include "arithmetic.h"
#include "eval.h"
#include "sequence.h"
#include "utf8.h"

static Value list_of(const FunctionCall *call, const Type *element, const ValueVec *items) {
    return value_list(element, items->items, items->count, call->arena);
}

/* The list's own marks, taken off. */
static Value take_marks(Value v, uint8_t *marks) {
    *marks |= v.marks;
    return value_without_marks(v);
}

static bool give_int(size_t number, uint8_t marks, Value *out) {
    *out = value_with_marks(value_int_of((int64_t)number, NUMBER_PRECISION_INT), marks);
    return true;
}

/* -- length, element, index, contains ----------------------------------------------------- */

static bool collection_length(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    Value value = take_marks(call->arguments[0], &marks);
    TypeKind kind = value.type->kind;
    if (kind == KIND_TUPLE || kind == KIND_OBJECT)
        return give_int(value.type->count, marks, out);
    if (kind == KIND_BOOL || kind == KIND_NUMBER)
        return function_fail(call, 0, error,
                             "argument must be a string, a collection type, or a structural type");
    bool is_certain = value_is_known(value) && (kind != KIND_SET || sequence_has_count(value));
    if (!is_certain) {
        *out = value_with_marks(function_unknown(call, &TYPE_NUMBER), marks);
        return true;
    }
    return give_int(kind == KIND_STRING ? utf8_grapheme_count(value_text(value)) : value.count,
                    marks, out);
}

/* Wraps around at both ends. */
static size_t wrap_index(int64_t index, size_t count) {
    int64_t rest = index % (int64_t)count;
    return (size_t)(rest < 0 ? rest + (int64_t)count : rest);
}

static bool collection_element(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    Value list = take_marks(call->arguments[0], &marks);
    Value at = call->arguments[1];
    int64_t index = 0;
    bool is_tuple = list.type->kind == KIND_TUPLE;
    if (!is_tuple && list.type->kind != KIND_LIST)
        return function_fail(call, 0, error, "cannot read elements from %.*s",
                             STR_ARG(type_friendly_name(list.type, call->arena)));
    if (!value_is_known(at) || (!is_tuple && !value_is_known(list))) {
        const Type *type = is_tuple ? &TYPE_DYNAMIC : list.type->element;
        *out = value_with_marks(value_unknown(type), marks);
        return true;
    }
    if (!sequence_integer(call, 1, &index, error))
        return false;
    size_t count = sequence_count(list);
    if (count == 0)
        return function_fail(call, 0, error, "the list is empty, so there is no element to choose");
    size_t i = wrap_index(index, count);
    Value found = value_is_known(list) ? value_at(list, i) : value_unknown(type_at(list.type, i));
    *out = value_with_marks(found, marks);
    return true;
}

static bool collection_index(FunctionCall *call, Value *out, Str *error) {
    Value list = call->arguments[0];
    if (list.type->kind != KIND_LIST && list.type->kind != KIND_TUPLE)
        return function_fail(call, 0, error, "argument must be a list or tuple");
    size_t count = sequence_count(list);
    if (count == 0)
        return function_fail(call, 0, error, "cannot search an empty list");
    for (size_t i = 0; i < count; i++) {
        Value equal = eval_equal(value_at(list, i), call->arguments[1], call->arena);
        if (!value_is_known(equal)) {
            *out = function_unknown(call, &TYPE_NUMBER);
            return true;
        }
        if (equal.as.boolean)
            return give_int(i, 0, out);
    }
    return function_fail(call, SIZE_MAX, error, "item not found");
}

static bool collection_contains(FunctionCall *call, Value *out, Str *error) {
    Value list = call->arguments[0];
    bool is_uncertain = false;
    if (!type_is_sequence(list.type))
        return function_fail(call, 0, error, "argument must be list, tuple, or set");
    for (size_t i = 0; i < sequence_count(list); i++) {
        Value equal = eval_equal(call->arguments[1], value_at(list, i), call->arena);
        if (!value_is_known(equal))
            is_uncertain = true;
        if (!value_is_true(equal))
            continue;
        *out = value_bool(true);
        return true;
    }
    *out = is_uncertain ? function_unknown(call, &TYPE_BOOL) : value_bool(false);
    return true;
}

/* -- concat, flatten ---------------------------------------------------------------------- */

/* The list type of lists alone that have one in common, else NULL. */
static const Type *concat_list_type(const FunctionCall *call) {
    const Type **types = arena_new_array(call->arena, const Type *, call->count);
    for (size_t i = 0; i < call->count; i++) {
        if (call->arguments[i].type->kind != KIND_LIST)
            return NULL;
        types[i] = call->arguments[i].type;
    }
    return sequence_unify(types, call->count, call->arena);
}

static bool concat_check(FunctionCall *call, Str *error) {
    if (call->count == 0)
        return function_fail(call, SIZE_MAX, error, "at least one argument is required");
    for (size_t i = 0; i < call->count; i++) {
        const Type *type = call->arguments[i].type;
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

static bool collection_concat(FunctionCall *call, Value *out, Str *error) {
    ValueVec items = {0};
    uint8_t marks = 0;
    ConvertError failure;
    if (!concat_check(call, error))
        return false;
    const Type *list = concat_list_type(call);
    for (size_t i = 0; i < call->count; i++) {
        Value value = take_marks(call->arguments[i], &marks);
        if (list && !convert_value(value, list, &value, &failure, call->arena))
            return function_fail(call, i, error, "%.*s", STR_ARG(failure.message));
        if (!function_spend(call, sequence_count(value), 0, error))
            return false;
        for (size_t k = 0; k < sequence_count(value); k++)
            vec_push(call->arena, &items, value_at(value, k));
    }
    Value result = list ? list_of(call, list->element, &items)
                        : value_tuple(items.items, items.count, call->arena);
    *out = value_with_marks(result, marks);
    return true;
}

typedef struct Flattening {
    Arena *arena;
    ValueVec items;
    uint8_t marks;
    bool is_known;
} Flattening;

static void flatten_into(Flattening *flattening, Value value) {
    Value list = take_marks(value, &flattening->marks);
    if (!value_is_known(list) || !sequence_has_count(list)) {
        flattening->is_known = false;
        return;
    }
    for (size_t i = 0; i < sequence_count(list); i++) {
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

static bool collection_flatten(FunctionCall *call, Value *out, Str *error) {
    if (!type_is_sequence(call->arguments[0].type))
        return function_fail(call, 0, error, "can only flatten lists, sets and tuples");
    Flattening flattening = {.arena = call->arena, .is_known = true};
    flatten_into(&flattening, call->arguments[0]);
    if (!function_spend(call, flattening.items.count, 0, error))
        return false;
    Value result = flattening.is_known
                       ? value_tuple(flattening.items.items, flattening.items.count, call->arena)
                       : value_unknown(&TYPE_DYNAMIC);
    *out = value_with_marks(result, flattening.marks);
    return true;
}

/* -- coalesce ----------------------------------------------------------------------------- */

static bool coalesce_type(FunctionCall *call, const Type **out, Str *error) {
    const Type **types = arena_new_array(call->arena, const Type *, call->count);
    if (call->count == 0)
        return function_fail(call, SIZE_MAX, error, "at least one argument is required");
    for (size_t i = 0; i < call->count; i++)
        types[i] = call->arguments[i].type;
    *out = sequence_unify(types, call->count, call->arena);
    return *out || function_fail(call, SIZE_MAX, error, "all arguments must have the same type");
}

static bool collection_coalesce(FunctionCall *call, Value *out, Str *error) {
    const Type *type = NULL;
    ConvertError failure;
    if (!coalesce_type(call, &type, error))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        Value value = call->arguments[i];
        if (!value_is_known(value)) {
            *out = value_unknown(type);
            return true;
        }
        if (value_is_null(value))
            continue;
        if (!convert_value(value, type, &value, &failure, call->arena))
            return function_fail(call, i, error, "%.*s", STR_ARG(failure.message));
        if (value.type == &TYPE_STRING && value.count == 0)
            continue;
        *out = value;
        return true;
    }
    return function_fail(call, SIZE_MAX, error, "no non-null, non-empty-string arguments");
}

static bool collection_coalescelist(FunctionCall *call, Value *out, Str *error) {
    if (call->count == 0)
        return function_fail(call, SIZE_MAX, error, "at least one argument is required");
    /* As upstream: what stands behind an unknown is not looked at. */
    for (size_t i = 0; i < call->count && value_is_known(call->arguments[i]); i++) {
        TypeKind kind = call->arguments[i].type->kind;
        if (kind != KIND_LIST && kind != KIND_TUPLE)
            return function_fail(call, i, error, "coalescelist arguments must be lists or tuples");
    }
    for (size_t i = 0; i < call->count; i++) {
        Value value = call->arguments[i];
        *out = value;
        if (!value_is_known(value))
            *out = value_unknown(&TYPE_DYNAMIC);
        if (!value_is_known(value) || (!value_is_null(value) && sequence_count(value) > 0))
            return true;
    }
    return function_fail(call, SIZE_MAX, error, "no non-null arguments");
}

/* -- lists from lists --------------------------------------------------------------------- */

static bool collection_compact(FunctionCall *call, Value *out, Str *error) {
    Value list = call->arguments[0];
    ValueVec items = {0};
    (void)error;
    if (!value_is_wholly_known(list)) {
        *out = function_unknown(call, list.type);
        return true;
    }
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (!value_is_null(item) && item.count)
            vec_push(call->arena, &items, item);
    }
    *out = list_of(call, &TYPE_STRING, &items);
    return true;
}

/* Order of first occurrence; by way of a map from hash to the first of that hash. */
static bool collection_distinct(FunctionCall *call, Value *out, Str *error) {
    Value list = call->arguments[0];
    ValueVec items = {0};
    VEC(size_t) next = {0};
    Map firsts = map_new(call->arena);
    (void)error;
    if (!value_is_wholly_known(list)) {
        *out = function_unknown(call, list.type);
        return true;
    }
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        Str hash = str_format(call->arena, "%llx", (unsigned long long)value_hash(item));
        size_t first = (size_t)(uintptr_t)map_find(&firsts, hash);
        size_t at = first;
        while (at && !value_equal(items.items[at - 1], item))
            at = next.items[at - 1];
        if (at)
            continue;
        vec_push(call->arena, &items, item);
        vec_push(call->arena, &next, first);
        map_set(&firsts, hash, (void *)(uintptr_t)items.count);
    }
    *out = list_of(call, list.type->element, &items);
    return true;
}

static bool distinct_type(FunctionCall *call, const Type **out, Str *error) {
    (void)error;
    *out = call->arguments[0].type;
    return true;
}

static bool chunklist_type(FunctionCall *call, const Type **out, Str *error) {
    (void)error;
    *out = type_list(call->arguments[0].type, call->arena);
    return true;
}

static bool collection_chunklist(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    Value list = take_marks(call->arguments[0], &marks);
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
    *out = value_with_marks(list_of(call, list.type, &chunks), marks);
    return true;
}

typedef struct Slice {
    size_t start;
    size_t end;
    bool is_known; /* both bounds */
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
            call, 0, error, "a set has no order to cut a piece from; convert it with tolist first");
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

static bool collection_slice(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    Value list = take_marks(call->arguments[0], &marks);
    Slice slice;
    if (!slice_read(call, &slice, error))
        return false;
    ValueVec items = {0};
    for (size_t i = slice.start; i < slice.end; i++)
        vec_push(call->arena, &items, value_at(list, i));
    Value result = list.type->kind == KIND_LIST
                       ? list_of(call, list.type->element, &items)
                       : value_tuple(items.items, items.count, call->arena);
    *out = value_with_marks(result, marks);
    return true;
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

static bool collection_reverse(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    const Type *type = NULL;
    if (!reverse_type(call, &type, error))
        return false;
    Value list = take_marks(call->arguments[0], &marks);
    size_t count = sequence_count(list);
    Value *items = arena_new_array(call->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        items[i] = value_at(list, count - 1 - i);
    Value result = type->kind == KIND_TUPLE ? value_tuple(items, count, call->arena)
                                            : value_list(type->element, items, count, call->arena);
    *out = value_with_marks(result, marks);
    return true;
}

static int compare_texts(const void *a, const void *b) {
    return str_compare(value_text(*(const Value *)a), value_text(*(const Value *)b));
}

static bool collection_sort(FunctionCall *call, Value *out, Str *error) {
    Value list = call->arguments[0];
    Value *items = arena_new_array(call->arena, Value, list.count);
    if (!value_is_wholly_known(list)) {
        /* Of the order nothing can be said, but of the length. */
        for (size_t i = 0; i < list.count; i++)
            items[i] = value_unknown(&TYPE_STRING);
        *out = value_list(&TYPE_STRING, items, list.count, call->arena);
        return true;
    }
    for (size_t i = 0; i < list.count; i++) {
        items[i] = value_at(list, i);
        if (value_is_null(items[i]))
            return function_fail(call, 0, error,
                                 "element %zu is null and has no place in the order", i);
    }
    qsort(items, list.count, sizeof(Value), compare_texts);
    *out = value_list(&TYPE_STRING, items, list.count, call->arena);
    return true;
}

#define ONE_REFUSED "must be a list, set, or tuple value with either zero or one elements"

static bool one_type(FunctionCall *call, const Type **out, Str *error) {
    const Type *type = call->arguments[0].type;
    if (type->kind == KIND_LIST || type->kind == KIND_SET) {
        *out = type->element;
        return true;
    }
    if (type->kind != KIND_TUPLE || type->count > 1)
        return function_fail(call, 0, error, ONE_REFUSED);
    *out = type->count ? type_at(type, 0) : &TYPE_DYNAMIC;
    return true;
}

static bool collection_one(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    const Type *type = NULL;
    if (!one_type(call, &type, error))
        return false;
    Value list = take_marks(call->arguments[0], &marks);
    if (!sequence_has_count(list)) {
        *out = value_with_marks(value_unknown(type), marks);
        return true;
    }
    size_t count = sequence_count(list);
    if (count > 1)
        return function_fail(call, 0, error, ONE_REFUSED);
    *out = value_with_marks(count ? value_at(list, 0) : value_null(type), marks);
    return true;
}

#define RANGE_MAX 1024

static bool range_fill(
    FunctionCall *call, Value start, Value end, Value step, Value *out, Str *error) {
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
    *out = list_of(call, &TYPE_NUMBER, &items);
    return function_spend(call, items.count, 0, error);
}

static bool collection_range(FunctionCall *call, Value *out, Str *error) {
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
    return sequence_unify(types, 2, call->arena) ||
           function_fail(call, 1, error, "the keys and what to look for have no type in common");
}

static bool collection_matchkeys(FunctionCall *call, Value *out, Str *error) {
    const Type *type = NULL;
    if (!matchkeys_type(call, &type, error))
        return false;
    Value values = call->arguments[0];
    Value keys = call->arguments[1];
    Value wanted = call->arguments[2];
    if (values.count != keys.count)
        return function_fail(call, SIZE_MAX, error, "keys and values must be of one length");
    bool is_known = value_is_wholly_known(keys) && value_is_wholly_known(values);
    *out = function_unknown(call, type);
    if (wanted.count && !is_known)
        return true;
    const Type *types[] = {keys.type, wanted.type};
    const Type *common = sequence_unify(types, 2, call->arena);
    ConvertError failure;
    if (!convert_value(keys, common, &keys, &failure, call->arena) ||
        !convert_value(wanted, common, &wanted, &failure, call->arena))
        return function_fail(call, 1, error, "%.*s", STR_ARG(failure.message));
    ValueVec items = {0};
    for (size_t i = 0; i < keys.count; i++) {
        for (size_t k = 0; k < wanted.count; k++) {
            Value equal = eval_equal(value_at(keys, i), value_at(wanted, k), call->arena);
            if (!value_is_known(equal)) {
                *out = list_of(call, type->element, &(ValueVec){0});
                return true;
            }
            if (!value_is_true(equal))
                continue;
            vec_push(call->arena, &items, value_at(values, i));
            break;
        }
    }
    *out = list_of(call, type->element, &items);
    return true;
}

static bool collection_alltrue(FunctionCall *call, Value *out, Str *error) {
    Value list = call->arguments[0];
    (void)error;
    *out = value_bool(true);
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        *out = value_is_known(item) ? value_bool(value_is_true(item))
                                    : function_unknown(call, &TYPE_BOOL);
        if (!value_is_true(item))
            return true;
    }
    return true;
}

static bool collection_anytrue(FunctionCall *call, Value *out, Str *error) {
    Value list = call->arguments[0];
    (void)error;
    *out = value_bool(false);
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (!value_is_known(item))
            *out = function_unknown(call, &TYPE_BOOL);
        if (!value_is_true(item))
            continue;
        *out = item;
        return true;
    }
    return true;
}

/* -- the table ---------------------------------------------------------------------------- */

static const Type list_of_any = {.kind = KIND_LIST, .element = &TYPE_DYNAMIC, .has_dynamic = true};
static const Type list_of_bool = {.kind = KIND_LIST, .element = &TYPE_BOOL};
static const Type list_of_number = {.kind = KIND_LIST, .element = &TYPE_NUMBER};

#define DEALS_WITH_ALL (PARAMETER_UNKNOWN | PARAMETER_MARKED | PARAMETER_DYNAMIC)

/* clang-format off */
static const Function collection_functions[] = {
    {
        .name = "alltrue",
        PARAMETERS({"list", &list_of_bool}),
        .type = &TYPE_BOOL,
        .run = collection_alltrue,
        .description = "Are all elements true? So they are in an empty list.",
        .example = "alltrue([true, false]) = false",
    },
    {
        .name = "anytrue",
        PARAMETERS({"list", &list_of_bool}),
        .type = &TYPE_BOOL,
        .run = collection_anytrue,
        .description = "Is any element true?",
        .example = "anytrue([true, false]) = true",
    },
    {
        .name = "chunklist", .blames_call = true,
        PARAMETERS({"list", &list_of_any, PARAMETER_MARKED},
                   {"size", &TYPE_NUMBER, 0,
                    "The most elements of a piece; only the last one may have fewer."}),
        .result_type = chunklist_type,
        .run = collection_chunklist,
        .description = "The list cut into lists of at most that many elements.",
        .example = "chunklist([\"a\", \"b\", \"c\"], 2) = tolist([[\"a\", \"b\"], [\"c\"]])",
    },
    {
        .name = "coalesce",
        VARIADIC({"vals", &TYPE_DYNAMIC, PARAMETER_NULL | PARAMETER_UNKNOWN | PARAMETER_DYNAMIC}),
        .result_type = coalesce_type,
        .run = collection_coalesce,
        .description = "The first argument that is neither null nor an empty string.",
        .example = "coalesce(\"\", \"b\") = \"b\"",
    },
    {
        .name = "coalescelist", .blames_call = true,
        VARIADIC({"vals", &TYPE_DYNAMIC, PARAMETER_NULL | PARAMETER_UNKNOWN | PARAMETER_DYNAMIC,
                  "Lists, tried one after the other."}),
        .run = collection_coalescelist,
        .description = "The first of the lists that is not empty.",
        .example = "coalescelist([], [\"c\"]) = [\"c\"]",
    },
    {
        .name = "compact",
        PARAMETERS({"list", &TYPE_LIST_OF_STRING}),
        .type = &TYPE_LIST_OF_STRING,
        .run = collection_compact,
        .description = "The list without null and empty strings.",
        .example = "compact([\"a\", \"\", \"b\"]) = tolist([\"a\", \"b\"])",
    },
    {
        .name = "concat",
        VARIADIC({"seqs", &TYPE_DYNAMIC, PARAMETER_MARKED}),
        .result_type = concat_type,
        .run = collection_concat,
        .description = "All lists one behind the other.",
        .example = "concat([\"a\"], [\"b\", \"c\"]) = [\"a\", \"b\", \"c\"]",
    },
    {
        .name = "contains", .blames_call = true,
        PARAMETERS({"list", &TYPE_DYNAMIC}, {"value", &TYPE_DYNAMIC, PARAMETER_NULL}),
        .type = &TYPE_BOOL,
        .run = collection_contains,
        .description = "Does the list, set or tuple hold this value?",
        .example = "contains([\"a\", \"b\"], \"a\") = true",
    },
    {
        .name = "distinct",
        PARAMETERS({"list", &list_of_any}),
        .result_type = distinct_type,
        .run = collection_distinct,
        .description = "The list without repeated elements.",
        .example = "distinct([\"a\", \"b\", \"a\"]) = tolist([\"a\", \"b\"])",
    },
    {
        .name = "element", .blames_call = true,
        PARAMETERS({"list", &TYPE_DYNAMIC, PARAMETER_UNKNOWN | PARAMETER_MARKED},
                   {"index", &TYPE_NUMBER, PARAMETER_UNKNOWN}),
        .run = collection_element,
        .description = "The element at the index, which wraps around at the end of the list.",
        .example = "element([\"a\", \"b\", \"c\"], 3) = \"a\"",
    },
    {
        .name = "flatten", .blames_call = true,
        PARAMETERS({"list", &TYPE_DYNAMIC, PARAMETER_MARKED}),
        .run = collection_flatten,
        .description = "The elements of nested lists, sets and tuples as one flat tuple.",
        .example = "flatten([[\"a\"], [], [\"b\", [\"c\"]]]) = [\"a\", \"b\", \"c\"]",
    },
    {
        .name = "index", .blames_call = true,
        PARAMETERS({"list", &TYPE_DYNAMIC}, {"value", &TYPE_DYNAMIC}),
        .type = &TYPE_NUMBER,
        .run = collection_index,
        .description = "The index of the first element that equals the value.",
        .example = "index([\"a\", \"b\"], \"b\") = 1",
    },
    {
        .name = "length", .blames_call = true,
        PARAMETERS({"value", &TYPE_DYNAMIC, DEALS_WITH_ALL}),
        .type = &TYPE_NUMBER,
        .run = collection_length,
        .description = "The number of elements, or of characters of a string.",
        .example = "length([\"a\", \"b\"]) = 2",
    },
    {
        .name = "matchkeys", .blames_call = true,
        PARAMETERS({"values", &list_of_any}, {"keys", &list_of_any}, {"searchset", &list_of_any}),
        .result_type = matchkeys_type,
        .run = collection_matchkeys,
        .description = "The elements of the first list where the second has one of the third.",
        .example = "matchkeys([\"x\", \"y\"], [\"a\", \"b\"], [\"b\"]) = tolist([\"y\"])",
    },
    {
        .name = "one",
        PARAMETERS({"list", &TYPE_DYNAMIC}),
        .result_type = one_type,
        .run = collection_one,
        .description = "The only element, or null when there is none.",
        .example = "one([\"a\"]) = \"a\"",
    },
    {
        .name = "range",
        VARIADIC({"params", &TYPE_NUMBER}),
        .type = &list_of_number,
        .run = collection_range,
        .description = "Numbers from a start (0) up to, not including, a limit, by a step (1).",
        .example = "range(1, 7, 2) = tolist([1, 3, 5])",
    },
    {
        .name = "reverse",
        PARAMETERS({"list", &TYPE_DYNAMIC, PARAMETER_MARKED}),
        .result_type = reverse_type,
        .run = collection_reverse,
        .description = "The elements in reverse order.",
        .example = "reverse([1, 2, 3]) = [3, 2, 1]",
    },
    {
        .name = "slice",
        PARAMETERS({"list", &TYPE_DYNAMIC, PARAMETER_MARKED},
                   {"start_index", &TYPE_NUMBER},
                   {"end_index", &TYPE_NUMBER}),
        .result_type = slice_type,
        .run = collection_slice,
        .description = "The elements from one index up to, not including, another.",
        .example = "slice([\"a\", \"b\", \"c\"], 1, 3) = [\"b\", \"c\"]",
    },
    {
        .name = "sort",
        PARAMETERS({"list", &TYPE_LIST_OF_STRING}),
        .type = &TYPE_LIST_OF_STRING,
        .run = collection_sort,
        .description = "The strings in the order of their bytes.",
        .example = "sort([\"b\", \"a\"]) = tolist([\"a\", \"b\"])",
    },
};
/* clang-format on */

const FunctionFamily functions_collection = {collection_functions,
                                             ARRAY_COUNT(collection_functions)};
