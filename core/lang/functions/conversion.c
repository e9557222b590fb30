/* conversion: the to… functions, and functions on marks. */
#include "functions.h"

#include "path.h"
#include "str_quote.h"

static Str convert_failure(const FunctionCall *call, const Type *type) {
    Value value = call->arguments[0];
    Str from = type_friendly_name(value.type, call->arena);
    Str to = type_friendly_name(type, call->arena);
    if (!value_is_present(value) || value.type != &TYPE_STRING)
        return str_format(call->arena, "cannot convert %.*s to %.*s", STR_ARG(from), STR_ARG(to));
    const char *hint = "";
    if (type == &TYPE_BOOL)
        hint = "; only the strings \"true\" or \"false\" are allowed";
    if (type == &TYPE_NUMBER)
        hint = "; given string must be a decimal representation of a number";
    return str_format(call->arena, "cannot convert %.*s to %.*s%s",
                      STR_ARG(str_quote(value_text(value), call->arena)), STR_ARG(to), hint);
}

/* Converts to the type of the row. */
static bool conversion_to(FunctionCall *call, Value *out, Str *error) {
    const Type *type = call->function->type;
    ConvertError failure;
    if (!function_check_room(call, call->arguments[0], error))
        return false;
    if (convert_value(call->arguments[0], type, out, &failure, call->arena)) {
        /* As in Terraform, the result of an unknown has the target type and no refinement. */
        if (!value_is_known(call->arguments[0]))
            *out = value_with_marks(value_unknown(type), call->arguments[0].marks);
        return true;
    }
    if (type_is_primitive(type) && !call->arguments[0].marks) {
        *error = convert_failure(call, type);
    } else if (failure.path.count) {
        Str path = path_to_str(failure.path, call->arena);
        *error = str_format(call->arena, "%.*s: %.*s", STR_ARG(path), STR_ARG(failure.message));
    } else {
        *error = failure.message;
    }
    call->failed_argument = 0;
    return false;
}

static bool conversion_sensitive(FunctionCall *call, Value *out, Str *) {
    return function_give(value_with_marks(call->arguments[0], MARK_SENSITIVE), out);
}

static bool conversion_nonsensitive(FunctionCall *call, Value *out, Str *) {
    Value value = call->arguments[0];
    return function_give(
        value_with_marks(value_without_marks(value), (uint8_t)(value.marks & ~MARK_SENSITIVE)),
        out);
}

static bool conversion_issensitive(FunctionCall *call, Value *out, Str *) {
    Value value = call->arguments[0];
    if (value_has_mark(value, MARK_SENSITIVE))
        *out = value_bool(true);
    else
        *out = value_is_known(value) ? value_bool(false) : function_unknown(call, &TYPE_BOOL);
    return true;
}

static Value drop_ephemeral(Value v, void *, Arena *) {
    if (!value_has_mark(v, MARK_EPHEMERAL))
        return v;
    return value_with_marks(value_null(v.type), (uint8_t)(v.marks & ~MARK_EPHEMERAL));
}

static bool conversion_ephemeralasnull(FunctionCall *call, Value *out, Str *) {
    return function_give(value_transform(call->arguments[0], drop_ephemeral, NULL, call->arena),
                         out);
}

/* list(…) and map(…) are obsolete; their error names the replacement. */
static bool conversion_list(FunctionCall *call, Value *, Str *error) {
    return function_fail(
        call, SIZE_MAX, error,
        "this function was removed; write [ ... ], or tolist([ ... ]) if the type matters");
}

static bool conversion_map(FunctionCall *call, Value *, Str *error) {
    return function_fail(
        call, SIZE_MAX, error,
        "this function was removed; write { ... }, or tomap({ ... }) if the type matters");
}

/* clang-format off */
static const Function conversion_functions[] = {
    {
        .name = "ephemeralasnull", .can_be_null = true,
        PARAMETERS({"value", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .run = conversion_ephemeralasnull,
        .description = "The value with every ephemeral part replaced by null.",
        .example = "ephemeralasnull([\"a\"]) = [\"a\"]",
    },
    {
        .name = "issensitive", .can_be_null = true,
        PARAMETERS({"value", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .type = &TYPE_BOOL,
        .run = conversion_issensitive,
        .description = "Whether the value is marked sensitive.",
        .example = "issensitive(sensitive(1)) = true",
    },
    {
        .name = "list",
        VARIADIC({"vals", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .run = conversion_list,
        .description = "No longer available: use tolist.",
        .example = "can(list(\"a\")) = false",
    },
    {
        .name = "map",
        VARIADIC({"vals", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .run = conversion_map,
        .description = "No longer available: use tomap.",
        .example = "can(map(\"a\", 1)) = false",
    },
    {
        .name = "nonsensitive", .can_be_null = true,
        PARAMETERS({"value", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .run = conversion_nonsensitive,
        .description = "The value without the mark sensitive.",
        .example = "nonsensitive(sensitive(\"a\")) = \"a\"",
    },
    {
        .name = "sensitive", .can_be_null = true,
        PARAMETERS({"value", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .run = conversion_sensitive,
        .description = "The value, marked sensitive, so that it is hidden in output.",
        .example = "issensitive(sensitive(\"a\")) = true",
    },
    {
        .name = "tobool", .can_be_null = true,
        PARAMETERS({"v", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .type = &TYPE_BOOL,
        .run = conversion_to,
        .description = "The value as a bool.",
        .example = "tobool(\"true\") = true",
    },
    {
        .name = "tolist", .can_be_null = true,
        PARAMETERS({"v", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .type = &TYPE_LIST_OF_ANY,
        .run = conversion_to,
        .description = "The value as a list, whose elements have one common type.",
        .example = "tolist([\"a\", 1]) = tolist([\"a\", \"1\"])",
    },
    {
        .name = "tomap", .can_be_null = true,
        PARAMETERS({"v", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .type = &TYPE_MAP_OF_ANY,
        .run = conversion_to,
        .description = "The value as a map, whose elements have one common type.",
        .example = "tomap({a = 1, b = \"x\"}).a = \"1\"",
    },
    {
        .name = "tonumber", .can_be_null = true,
        PARAMETERS({"v", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .type = &TYPE_NUMBER,
        .run = conversion_to,
        .description = "The value as a number.",
        .example = "tonumber(\"1.5\") = 1.5",
    },
    {
        .name = "toset", .can_be_null = true,
        PARAMETERS({"v", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .type = &TYPE_SET_OF_ANY,
        .run = conversion_to,
        .description = "The value as a set, without order and duplicates.",
        .example = "length(toset([\"a\", \"a\"])) = 1",
    },
    {
        .name = "tostring", .can_be_null = true,
        PARAMETERS({"v", &TYPE_DYNAMIC, PARAMETER_ALL}),
        .type = &TYPE_STRING,
        .run = conversion_to,
        .description = "The value as a string.",
        .example = "tostring(true) = \"true\"",
    },
};
/* clang-format on */

const FunctionFamily functions_conversion = {conversion_functions,
                                             ARRAY_COUNT(conversion_functions)};
