/* json_codec: jsonencode and jsondecode. */
#include "json_codec.h"

#include "json.h"
#include "path.h"
#include "refinement.h"

Str json_codec_encode(Value v, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    JsonWriter *writer = arena_new(arena, JsonWriter);
    json_writer_init(writer, &buf, 0);
    writer->escape_html = true;
    json_write_value(writer, v);
    return strbuf_str(&buf);
}

/* The type determines the first character of the JSON, unless the value may be null. */
static Value jsonencode_unknown(Value value, Arena *arena) {
    static const char *const openings[] = {
        [KIND_STRING] = "\"", [KIND_LIST] = "[",  [KIND_SET] = "[",
        [KIND_MAP] = "{",     [KIND_TUPLE] = "[", [KIND_OBJECT] = "{",
    };
    Refinement refinement = refinement_any();
    const char *opening = value.type->kind > KIND_NUMBER ? openings[value.type->kind] : "";
    refinement.not_null = true;
    if (refinement_is_never_null(value))
        refinement.prefix = str_from_cstr(opening);
    return refinement_to_value(&TYPE_STRING, refinement, arena);
}

static bool json_codec_jsonencode(FunctionCall *call, Value *out, Str *error) {
    Value value = call->arguments[0];
    if (!value_is_wholly_known(value))
        return function_give(jsonencode_unknown(value, call->arena), out);
    Path infinite;
    if (!function_check_room(call, value, error))
        return false;
    if (path_find_unstorable(value, &infinite, call->arena))
        return function_fail(call, SIZE_MAX, error, "cannot serialize infinity as JSON");
    Str text = json_codec_encode(value, call->arena);
    *out = value_string(text, call->arena);
    return function_spend(call, 0, text.len, error);
}

/* Returns an upper bound for the number of values: counts separators and opening brackets, even
 * within strings. */
static size_t most_values(Str text) {
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.ptr[i] == ',' || text.ptr[i] == '[' || text.ptr[i] == '{';
    return count;
}

/* The known prefix of an unknown text may determine the type of its value. */
static bool jsondecode_type(FunctionCall *call, const Type **out, Str *error) {
    Str begin = str_trim(refinement_of(call->arguments[0], call->arena).prefix);
    *out = &TYPE_DYNAMIC;
    if (!begin.len)
        return true;
    if (begin.ptr[0] == '"')
        *out = &TYPE_STRING;
    else if (begin.ptr[0] == 't' || begin.ptr[0] == 'f')
        *out = &TYPE_BOOL;
    else if (memchr("-0123456789.", begin.ptr[0], 12))
        *out = &TYPE_NUMBER;
    else if (!memchr("{[n", begin.ptr[0], 3))
        return function_fail(call, 0, error, "this is not JSON: it begins with \"%.*s\"",
                             STR_ARG(begin));
    return true;
}

static bool json_codec_jsondecode(FunctionCall *call, Value *out, Str *error) {
    const char *why = NULL;
    size_t offset = 0;
    Str text = function_text(call, 0);
    if (!function_spend(call, most_values(text), text.len, error))
        return false;
    if (json_parse_any(text, out, &why, &offset, call->arena))
        return true;
    return function_fail(call, 0, error, "%s, at byte %zu of the text",
                         why ? why : "the text must end after the value", offset);
}

/* clang-format off */
static const Function json_functions[] = {
    {
        .name = "jsondecode", .blames_call = true, .can_be_null = true,
        PARAMETERS({"str", &TYPE_STRING}),
        .result_type = jsondecode_type,
        .run = json_codec_jsondecode,
        .description = "The value of a JSON text.",
        .example = "jsondecode(\"{\\\"a\\\": [1, true]}\") = {a = [1, true]}",
    },
    {
        .name = "jsonencode",
        PARAMETERS({"val", &TYPE_DYNAMIC, PARAMETER_ANY}),
        .type = &TYPE_STRING,
        .run = json_codec_jsonencode,
        .description = "The value as JSON text.",
        .example = "jsonencode({a = \"b\"}) = \"{\\\"a\\\":\\\"b\\\"}\"",
    },
};
/* clang-format on */

const FunctionFamily functions_json = {json_functions, ARRAY_COUNT(json_functions)};
