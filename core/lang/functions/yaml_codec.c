/* yaml_codec: yamlencode and yamldecode. Strings are quoted, or literal blocks if they have several
 * lines, so that no parser reads them as another type. */
#include "functions.h"

#include "yaml_value.h"
#include "yaml_write.h"

static bool yaml_codec_yamlencode(FunctionCall *call, Value *out, Str *error) {
    Value value = call->arguments[0];
    if (!value_is_wholly_known(value))
        return function_give(function_unknown(call, &TYPE_STRING), out);
    if (!function_check_room(call, value, error))
        return false;
    Str text;
    if (!yaml_write(value, YAML_STYLE_QUOTED, &text, call->arena))
        return function_fail(call, 0, error, "the value cannot be written as YAML");
    *out = value_string(text, call->arena);
    return function_spend(call, 0, text.len, error);
}

typedef struct YamlSpending {
    FunctionCall *call;
    Str *error;
} YamlSpending;

static bool spend_elements(void *payload, size_t elements) {
    const YamlSpending *spending = payload;
    return function_spend(spending->call, elements, 0, spending->error);
}

static bool yaml_codec_yamldecode(FunctionCall *call, Value *out, Str *error) {
    Str text = value_text(call->arguments[0]);
    YamlSpending spending = {call, error};
    YamlBudget budget = {spend_elements, &spending};
    YamlFailure failure;
    if (!function_spend(call, 0, text.len, error))
        return false;
    if (yaml_value_read(text, budget, out, &failure, call->arena))
        return true;
    return failure.what.len > 0 &&
           function_fail(call, 0, error, "on line %zu, column %zu: %.*s", failure.line,
                         failure.column, STR_ARG(failure.what));
}

/* clang-format off */
static const Function yaml_functions[] = {
    {
        .name = "yamldecode", .blames_call = true, .can_be_null = true,
        PARAMETERS({"src", &TYPE_STRING}),
        .run = yaml_codec_yamldecode,
        .description = "The value of a YAML text.",
        .example = "yamldecode(\"a: [1, true]\") = {a = [1, true]}",
    },
    {
        .name = "yamlencode",
        .can_be_null = true,
        PARAMETERS({"value", &TYPE_DYNAMIC, PARAMETER_ANY}),
        .type = &TYPE_STRING,
        .run = yaml_codec_yamlencode,
        .description = "The value as YAML text.",
        .example = "yamlencode({a = \"b\"}) = \"\\\"a\\\": \\\"b\\\"\\n\"",
    },
};
/* clang-format on */

const FunctionFamily functions_yaml = {yaml_functions, ARRAY_COUNT(yaml_functions)};
