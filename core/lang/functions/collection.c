/* collection: functions that query lists, sets and tuples. */
#include "functions.h"

#include "eval.h"
#include "refinement.h"
#include "sequence.h"
#include "utf8.h"

static bool give_int(size_t number, uint8_t marks, Value *out) {
    return function_give(
        value_with_marks(value_int_of((int64_t)number, NUMBER_PRECISION_INT), marks), out);
}

/* Returns the length of an unknown string: at least that of its known prefix. */
static Value text_length(Value unknown, Arena *arena) {
    Refinement length = refinement_any();
    length.not_null = true;
    if (unknown.type == &TYPE_STRING) {
        Value *least = arena_new(arena, Value);
        size_t count = utf8_grapheme_count(refinement_of(unknown, arena).prefix);
        *least = value_int_of((int64_t)count, NUMBER_PRECISION_INT);
        length.min = least;
    }
    return refinement_to_value(&TYPE_NUMBER, length, arena);
}

static bool collection_length(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    Value value = sequence_take_marks(call->arguments[0], &marks);
    TypeKind kind = value.type->kind;
    if (kind == KIND_TUPLE || kind == KIND_OBJECT)
        return give_int(value.type->count, marks, out);
    if (kind == KIND_BOOL || kind == KIND_NUMBER)
        return function_fail(call, 0, error,
                             "argument must be a string, a collection type, or a structural type");
    if (type_is_collection(value.type))
        return function_give(value_with_marks(refinement_length(value, call->arena), marks), out);
    if (value_is_known(value))
        return give_int(utf8_grapheme_count(value_text(value)), marks, out);
    return function_give(value_with_marks(text_length(value, call->arena), marks), out);
}

/* Wraps around at both ends. */
static size_t wrap_index(int64_t index, size_t count) {
    int64_t rest = index % (int64_t)count;
    return (size_t)(rest < 0 ? rest + (int64_t)count : rest);
}

static bool collection_element(FunctionCall *call, Value *out, Str *error) {
    uint8_t marks = 0;
    Value list = sequence_take_marks(call->arguments[0], &marks);
    Value at = call->arguments[1];
    int64_t index = 0;
    bool is_tuple = list.type->kind == KIND_TUPLE;
    if (!is_tuple && list.type->kind != KIND_LIST)
        return function_fail(call, 0, error, "cannot read elements from %.*s",
                             STR_ARG(type_friendly_name(list.type, call->arena)));
    if (!value_is_known(at) || (!is_tuple && !value_is_known(list))) {
        const Type *type = is_tuple ? &TYPE_DYNAMIC : list.type->element;
        return function_give(value_with_marks(value_unknown(type), marks), out);
    }
    if (!sequence_integer(call, 1, &index, error))
        return false;
    size_t count = sequence_count(list);
    if (count == 0)
        return function_fail(call, 0, error, "the list is empty, so there is no element to choose");
    size_t i = wrap_index(index, count);
    Value found = value_is_known(list) ? value_at(list, i) : value_unknown(type_at(list.type, i));
    return function_give(value_with_marks(found, marks), out);
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
        if (!value_is_known(equal))
            return function_give(function_unknown(call, &TYPE_NUMBER), out);
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
        return function_give(value_bool(true), out);
    }
    return function_give(is_uncertain ? function_unknown(call, &TYPE_BOOL) : value_bool(false),
                         out);
}

static bool coalesce_type(FunctionCall *call, const Type **out, Str *error) {
    const Type **types = arena_new_array(call->arena, const Type *, call->count);
    if (call->count == 0)
        return function_fail(call, SIZE_MAX, error, "at least one argument is required");
    for (size_t i = 0; i < call->count; i++)
        types[i] = call->arguments[i].type;
    *out = convert_unify(types, call->count, call->arena);
    return *out || function_fail(call, SIZE_MAX, error, "all arguments must have the same type");
}

static bool collection_coalesce(FunctionCall *call, Value *out, Str *error) {
    const Type *type = NULL;
    ConvertError failure;
    if (!coalesce_type(call, &type, error))
        return false;
    for (size_t i = 0; i < call->count; i++) {
        Value value = call->arguments[i];
        if (!value_is_known(value))
            return function_give(value_unknown(type), out);
        if (value_is_null(value))
            continue;
        if (!convert_value(value, type, &value, &failure, call->arena))
            return function_fail(call, i, error, "%.*s", STR_ARG(failure.message));
        if (value.type == &TYPE_STRING && value.count == 0)
            continue;
        return function_give(value, out);
    }
    return function_fail(call, SIZE_MAX, error, "no non-null, non-empty-string arguments");
}

static bool collection_coalescelist(FunctionCall *call, Value *out, Str *error) {
    if (call->count == 0)
        return function_fail(call, SIZE_MAX, error, "at least one argument is required");
    /* As in Terraform, arguments after an unknown one are not checked. */
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
    Value list = sequence_take_marks(call->arguments[0], &marks);
    if (!sequence_has_count(list))
        return function_give(value_with_marks(value_unknown(type), marks), out);
    size_t count = sequence_count(list);
    if (count > 1)
        return function_fail(call, 0, error, ONE_REFUSED);
    return function_give(value_with_marks(count ? value_at(list, 0) : value_null(type), marks),
                         out);
}

static bool collection_alltrue(FunctionCall *call, Value *out, Str *) {
    Value list = call->arguments[0];
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

static bool collection_anytrue(FunctionCall *call, Value *out, Str *) {
    Value list = call->arguments[0];
    *out = value_bool(false);
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        if (!value_is_known(item))
            *out = function_unknown(call, &TYPE_BOOL);
        if (!value_is_true(item))
            continue;
        return function_give(item, out);
    }
    return true;
}

static const Type list_of_bool = {.kind = KIND_LIST, .element = &TYPE_BOOL};

#define DEALS_WITH_ALL (PARAMETER_UNKNOWN | PARAMETER_MARKED | PARAMETER_DYNAMIC)

/* clang-format off */
static const Function collection_functions[] = {
    {
        .name = "alltrue",
        PARAMETERS({"list", &list_of_bool}),
        .type = &TYPE_BOOL,
        .run = collection_alltrue,
        .description = "Whether all elements are true; true for an empty list.",
        .example = "alltrue([true, false]) = false",
    },
    {
        .name = "anytrue",
        PARAMETERS({"list", &list_of_bool}),
        .type = &TYPE_BOOL,
        .run = collection_anytrue,
        .description = "Whether any element is true.",
        .example = "anytrue([true, false]) = true",
    },
    {
        .name = "coalesce",
        VARIADIC({"vals", &TYPE_DYNAMIC, PARAMETER_ANY}),
        .result_type = coalesce_type,
        .run = collection_coalesce,
        .description = "The first argument that is neither null nor an empty string.",
        .example = "coalesce(\"\", \"b\") = \"b\"",
    },
    {
        .name = "coalescelist", .blames_call = true,
        VARIADIC({"vals", &TYPE_DYNAMIC, PARAMETER_ANY,
                  "Lists, in this order."}),
        .run = collection_coalescelist,
        .description = "The first of the lists that is not empty.",
        .example = "coalescelist([], [\"c\"]) = [\"c\"]",
    },
    {
        .name = "contains", .blames_call = true,
        PARAMETERS({"list", &TYPE_DYNAMIC}, {"value", &TYPE_DYNAMIC, PARAMETER_NULL}),
        .type = &TYPE_BOOL,
        .run = collection_contains,
        .description = "Whether the list, set or tuple contains this value.",
        .example = "contains([\"a\", \"b\"], \"a\") = true",
    },
    {
        .name = "element", .blames_call = true, .can_be_null = true,
        PARAMETERS({"list", &TYPE_DYNAMIC, PARAMETER_UNKNOWN | PARAMETER_MARKED},
                   {"index", &TYPE_NUMBER, PARAMETER_UNKNOWN}),
        .run = collection_element,
        .description = "The element at the index, which wraps around at the end of the list.",
        .example = "element([\"a\", \"b\", \"c\"], 3) = \"a\"",
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
        .name = "one", .can_be_null = true,
        PARAMETERS({"list", &TYPE_DYNAMIC}),
        .result_type = one_type,
        .run = collection_one,
        .description = "The only element, or null if there is none.",
        .example = "one([\"a\"]) = \"a\"",
    },
};
/* clang-format on */

const FunctionFamily functions_collection = {collection_functions,
                                             ARRAY_COUNT(collection_functions)};
