/* assume: functions by which a configuration states facts about unknown values. */
#include "functions.h"

#include "eval.h"
#include "refinement.h"
#include "sequence.h"
#include "utf8.h"

#define NOT_UPHELD "assumption was not upheld"

static bool length_bound(FunctionCall *call, size_t argument, int64_t *out, Str *error) {
    if (!sequence_integer(call, argument, out, error))
        return false;
    return *out < INT64_MAX ||
           function_fail(call, argument, error, "must be an integer between 0 and %lld",
                         (long long)INT64_MAX);
}

/* Unknown elements of a set may coincide, so the set may be shorter than value.count. */
static bool is_possible_length(Value value, int64_t least, int64_t most) {
    int64_t longest = value.count;
    int64_t shortest = sequence_has_count(value) ? longest : 1;
    return least <= longest && most >= shortest;
}

/* Refines a collection to a length from `least` to `most`. */
static bool assume_length(FunctionCall *call, int64_t least, int64_t most, Value *out, Str *error) {
    Value value = call->arguments[0];
    if (value_is_null(value))
        return function_fail(call, 0, error, NOT_UPHELD);
    if (value_is_known(value)) {
        *out = value;
        return is_possible_length(value, least, most) || function_fail(call, 0, error, NOT_UPHELD);
    }
    Refinement refinement = refinement_of(value, call->arena);
    refinement.not_null = true;
    if (most < 0 || least > UINT32_MAX)
        return function_fail(call, 0, error, NOT_UPHELD);
    if (least > (int64_t)refinement.length_min)
        refinement.length_min = (uint32_t)least;
    if (most < (int64_t)refinement.length_max)
        refinement.length_max = (uint32_t)most;
    if (refinement.length_min > refinement.length_max)
        return function_fail(call, 0, error, NOT_UPHELD);
    return function_give(refinement_to_value(value.type, refinement, call->arena), out);
}

/* Returns the result type for an unknown bound: the type of the first parameter. */
static bool assume_type(FunctionCall *call, const Type **out, Str *) {
    *out = call->function->parameters[0].type;
    return true;
}

static bool assume_between(FunctionCall *call, Value *out, Str *error) {
    int64_t least = 0;
    int64_t most = 0;
    return length_bound(call, 1, &least, error) && length_bound(call, 2, &most, error) &&
           assume_length(call, least, most, out, error);
}

static bool assume_at_least(FunctionCall *call, Value *out, Str *error) {
    int64_t least = 0;
    return length_bound(call, 1, &least, error) &&
           assume_length(call, least, INT64_MAX, out, error);
}

static bool assume_at_most(FunctionCall *call, Value *out, Str *error) {
    int64_t most = 0;
    return length_bound(call, 1, &most, error) && assume_length(call, 0, most, out, error);
}

static bool assume_not_null(FunctionCall *call, Value *out, Str *error) {
    Value value = call->arguments[0];
    if (value.type == &TYPE_DYNAMIC)
        return function_fail(
            call, 0, error,
            "given value must have a known type; consider using the type conversion "
            "functions, or convert, to give it one");
    if (value_is_null(value))
        return function_fail(call, 0, error, NOT_UPHELD);
    return function_give(
        value_is_known(value) ? value : refinement_add_not_null(value, call->arena), out);
}

/* Returns a refinement with the longer of the known and the assumed prefix. One must begin with the
 * other. */
static Refinement prefix_refinement(Value unknown, Str begin, Arena *arena) {
    Refinement refinement = refinement_of(unknown, arena);
    refinement.not_null = true;
    if (begin.len > refinement.prefix.len)
        refinement.prefix = begin;
    return refinement;
}

/* Compares only up to the shorter of the two. */
static bool prefix_fits(Str known, Str begin) {
    return str_starts_with(known, begin) || str_starts_with(begin, known);
}

static bool assume_string_prefix(FunctionCall *call, Value *out, Str *error) {
    Value value = call->arguments[0];
    Value prefix = call->arguments[1];
    *out = value;
    if (!value_is_known(prefix))
        return function_give(value_unknown(&TYPE_STRING), out);
    Str begin = utf8_settled_prefix(value_text(prefix), call->arena);
    if (!value_is_known(value)) {
        *out = refinement_to_value(&TYPE_STRING, prefix_refinement(value, begin, call->arena),
                                   call->arena);
        Str known = value.as.refinement ? value.as.refinement->prefix : STR_EMPTY;
        return prefix_fits(known, begin) || function_fail(call, 0, error, NOT_UPHELD);
    }
    return value_is_null(value) || prefix_fits(value_text(value), begin) ||
           function_fail(call, 0, error, NOT_UPHELD);
}

static bool assume_equal(FunctionCall *call, Value *out, Str *error) {
    Value actual = call->arguments[0];
    Value assumed = call->arguments[1];
    ConvertError failure;
    bool has_type = assumed.type != &TYPE_DYNAMIC;
    if (has_type && !convert_value(actual, assumed.type, &actual, &failure, call->arena))
        return function_fail(call, 0, error, "%.*s", STR_ARG(failure.message));
    Value equal = eval_equal(actual, assumed, call->arena);
    if (value_is_known(equal) && !value_is_true(equal))
        return function_fail(call, 0, error, "the actual value does not match the assumed value");
    /* As in Terraform, a value equal to one that is not sensitive is not sensitive either. */
    uint8_t marks = (uint8_t)(actual.marks & ~(MARK_SENSITIVE | MARK_EPHEMERAL));
    return function_give(value_with_marks(assumed, marks), out);
}

#define LENGTH_ROW(family, type_name, some)                                                        \
    {                                                                                              \
        .name = "assume" family "length",                                                          \
        .can_be_null = true,                                                                       \
        PARAMETERS({"value", type_name, PARAMETER_ANY}, {"min_length", &TYPE_NUMBER},              \
                   {"max_length", &TYPE_NUMBER}),                                                  \
        .result_type = assume_type,                                                                \
        .run = assume_between,                                                                     \
        .description = "The value, with a known range of its number of elements.",                 \
        .example = "assume" family "length(" some ", 1, 2) = " some,                               \
    },                                                                                             \
        {                                                                                          \
            .name = "assume" family "lengthmin",                                                   \
            .can_be_null = true,                                                                   \
            PARAMETERS({"value", type_name, PARAMETER_ANY}, {"min_length", &TYPE_NUMBER}),         \
            .result_type = assume_type,                                                            \
            .run = assume_at_least,                                                                \
            .description = "The value, with a known minimum number of elements.",                  \
            .example = "assume" family "lengthmin(" some ", 1) = " some,                           \
        },                                                                                         \
    {                                                                                              \
        .name = "assume" family "lengthmax", .can_be_null = true,                                  \
        PARAMETERS({"value", type_name, PARAMETER_ANY}, {"max_length", &TYPE_NUMBER}),             \
        .result_type = assume_type, .run = assume_at_most,                                         \
        .description = "The value, with a known maximum number of elements.",                      \
        .example = "assume" family "lengthmax(" some ", 2) = " some,                               \
    }

/* clang-format off */
static const Function assume_functions[] = {
    LENGTH_ROW("list", &TYPE_LIST_OF_ANY, "tolist([\"a\"])"),
    LENGTH_ROW("map", &TYPE_MAP_OF_ANY, "tomap({a = 1})"),
    LENGTH_ROW("set", &TYPE_SET_OF_ANY, "toset([\"a\"])"),
    {
        .name = "assumeequal", .can_be_null = true,
        PARAMETERS({"actual_value", &TYPE_DYNAMIC, PARAMETER_ALL}, {"expected_value", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .run = assume_equal,
        .description = "The first value, known to equal the second.",
        .example = "assumeequal(1, 1) = 1",
    },
    {
        .name = "assumenotnull", .can_be_null = true,
        PARAMETERS({"value", &TYPE_DYNAMIC, PARAMETER_ANY}),
        .run = assume_not_null,
        .description = "The value, known not to be null.",
        .example = "assumenotnull(\"a\") = \"a\"",
    },
    {
        .name = "assumestringprefix", .can_be_null = true,
        PARAMETERS({"value", &TYPE_STRING, PARAMETER_ANY},
                   {"prefix", &TYPE_STRING, PARAMETER_UNKNOWN | PARAMETER_DYNAMIC}),
        .type = &TYPE_STRING,
        .run = assume_string_prefix,
        .description = "The string, known to begin with the prefix.",
        .example = "assumestringprefix(\"foo-1\", \"foo-\") = \"foo-1\"",
    },
};
/* clang-format on */

const FunctionFamily functions_assume = {assume_functions, ARRAY_COUNT(assume_functions)};
