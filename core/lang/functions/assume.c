/* assume: what the author knows of a value that is not known yet. */
#include "functions.h"

#include "eval.h"
#include "sequence.h"

#define NOT_UPHELD "assumption was not upheld"

/* -- lengths ------------------------------------------------------------------------------ */

static bool length_bound(FunctionCall *call, size_t argument, uint32_t *out, Str *error) {
    int64_t bound = 0;
    if (!sequence_integer(call, argument, &bound, error))
        return false;
    if (bound < 0)
        bound = 0;
    *out = bound > UINT32_MAX ? UINT32_MAX : (uint32_t)bound;
    return true;
}

/* A collection whose length is from least to most. */
static bool assume_length(
    FunctionCall *call, uint32_t least, uint32_t most, Value *out, Str *error) {
    Value value = call->arguments[0];
    if (least > most)
        return function_fail(call, 2, error,
                             "the maximum length must not be less than the minimum");
    if (value_is_null(value))
        return function_fail(call, 0, error, NOT_UPHELD);
    if (!value_is_known(value)) {
        Refinement refinement = {.not_null = true, .length_min = least, .length_max = most};
        *out = value_with_marks(value_unknown_refined(value.type, refinement, call->arena),
                                value.marks);
        return true;
    }
    bool is_certain = value.type->kind != KIND_SET || sequence_has_count(value);
    if (is_certain && (value.count < least || value.count > most))
        return function_fail(call, 0, error, NOT_UPHELD);
    *out = value;
    return true;
}

static bool assume_between(FunctionCall *call, Value *out, Str *error) {
    uint32_t least = 0;
    uint32_t most = 0;
    return length_bound(call, 1, &least, error) && length_bound(call, 2, &most, error) &&
           assume_length(call, least, most, out, error);
}

static bool assume_at_least(FunctionCall *call, Value *out, Str *error) {
    uint32_t least = 0;
    return length_bound(call, 1, &least, error) &&
           assume_length(call, least, UINT32_MAX, out, error);
}

static bool assume_at_most(FunctionCall *call, Value *out, Str *error) {
    uint32_t most = 0;
    return length_bound(call, 1, &most, error) && assume_length(call, 0, most, out, error);
}

/* -- others ------------------------------------------------------------------------------- */

static bool assume_not_null(FunctionCall *call, Value *out, Str *error) {
    Value value = call->arguments[0];
    if (value.type == &TYPE_DYNAMIC)
        return function_fail(
            call, 0, error,
            "given value must have a known type; consider using the type conversion "
            "functions, or convert, to give it one");
    if (value_is_null(value))
        return function_fail(call, 0, error, NOT_UPHELD);
    *out = value_is_known(value)
               ? value
               : value_with_marks(function_unknown(call, value.type), value.marks);
    return true;
}

static bool assume_string_prefix(FunctionCall *call, Value *out, Str *error) {
    Value value = call->arguments[0];
    Value prefix = call->arguments[1];
    *out = value;
    if (!value_is_known(prefix)) {
        *out = value_unknown(&TYPE_STRING);
        return true;
    }
    if (!value_is_known(value)) {
        Refinement refinement = {.prefix = value_text(prefix), .length_max = UINT32_MAX};
        *out = value_unknown_refined(&TYPE_STRING, refinement, call->arena);
        return true;
    }
    return value_is_null(value) || str_starts_with(value_text(value), value_text(prefix)) ||
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
    *out = value_with_marks(assumed, actual.marks);
    return true;
}

/* -- the table ---------------------------------------------------------------------------- */

static const Type list_of_any = {.kind = KIND_LIST, .element = &TYPE_DYNAMIC, .has_dynamic = true};
static const Type set_of_any = {.kind = KIND_SET, .element = &TYPE_DYNAMIC, .has_dynamic = true};
static const Type map_of_any = {.kind = KIND_MAP, .element = &TYPE_DYNAMIC, .has_dynamic = true};

#define ALL (PARAMETER_NULL | PARAMETER_UNKNOWN | PARAMETER_MARKED | PARAMETER_DYNAMIC)
#define LENGTH_ROW(family, type_name, some)                                                        \
    {                                                                                              \
        .name = "assume" family "length",                                                          \
        PARAMETERS({"collection", type_name, ALL}, {"min", &TYPE_NUMBER}, {"max", &TYPE_NUMBER}),  \
        .run = assume_between,                                                                     \
        .description = "The value, known to have from min to max elements.",                       \
        .example = "assume" family "length(" some ", 1, 2) = " some,                               \
    },                                                                                             \
        {                                                                                          \
            .name = "assume" family "lengthmin",                                                   \
            PARAMETERS({"collection", type_name, ALL}, {"min", &TYPE_NUMBER}),                     \
            .run = assume_at_least,                                                                \
            .description = "The value, known to have at least min elements.",                      \
            .example = "assume" family "lengthmin(" some ", 1) = " some,                           \
        },                                                                                         \
    {                                                                                              \
        .name = "assume" family "lengthmax",                                                       \
        PARAMETERS({"collection", type_name, ALL}, {"max", &TYPE_NUMBER}), .run = assume_at_most,  \
        .description = "The value, known to have at most max elements.",                           \
        .example = "assume" family "lengthmax(" some ", 2) = " some,                               \
    }

/* clang-format off */
static const Function assume_functions[] = {
    LENGTH_ROW("list", &list_of_any, "tolist([\"a\"])"),
    LENGTH_ROW("map", &map_of_any, "tomap({a = 1})"),
    LENGTH_ROW("set", &set_of_any, "toset([\"a\"])"),
    {
        .name = "assumeequal",
        PARAMETERS({"actual", &TYPE_DYNAMIC, ALL}, {"assumed", &TYPE_DYNAMIC, ALL}),
        .run = assume_equal,
        .description = "The first value, known to equal the second.",
        .example = "assumeequal(1, 1) = 1",
    },
    {
        .name = "assumenotnull",
        PARAMETERS({"value", &TYPE_DYNAMIC, ALL}),
        .run = assume_not_null,
        .description = "The value, known not to be null.",
        .example = "assumenotnull(\"a\") = \"a\"",
    },
    {
        .name = "assumestringprefix",
        PARAMETERS({"value", &TYPE_STRING, PARAMETER_NULL | PARAMETER_UNKNOWN | PARAMETER_DYNAMIC},
                   {"prefix", &TYPE_STRING, PARAMETER_UNKNOWN | PARAMETER_DYNAMIC}),
        .run = assume_string_prefix,
        .description = "The string, known to begin with the prefix.",
        .example = "assumestringprefix(\"foo-1\", \"foo-\") = \"foo-1\"",
    },
};
/* clang-format on */

const FunctionFamily functions_assume = {assume_functions, ARRAY_COUNT(assume_functions)};
