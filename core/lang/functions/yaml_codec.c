/* yaml_codec: yamlencode and yamldecode. Strings are quoted, or literal blocks if they have several
 * lines, so that no parser reads them as another type. */
#include "functions.h"

#include "sequence.h"
#include "yaml_value.h"

#include <yaml.h>

typedef struct YamlWriting {
    yaml_emitter_t emitter;
    StrBuf out;
    Arena *arena;
    bool failed;
} YamlWriting;

static int yaml_append(void *payload, unsigned char *bytes, size_t size) {
    YamlWriting *writing = payload;
    strbuf_add(&writing->out, (Str){(const char *)bytes, size});
    return 1;
}

static void yaml_send(YamlWriting *writing, yaml_event_t *event) {
    if (!yaml_emitter_emit(&writing->emitter, event))
        writing->failed = true;
}

static void write_text(YamlWriting *writing, Str text, yaml_scalar_style_t style) {
    yaml_event_t event;
    int is_plain = style == YAML_PLAIN_SCALAR_STYLE;
    yaml_scalar_event_initialize(&event, NULL, NULL, (const unsigned char *)text.ptr, (int)text.len,
                                 is_plain, !is_plain, style);
    yaml_send(writing, &event);
}

static void write_string(YamlWriting *writing, Str text) {
    bool has_lines = str_find_char(text, '\n', 0) != SIZE_MAX;
    write_text(writing, text,
               has_lines ? YAML_LITERAL_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

static void write_node(YamlWriting *writing, Value v);

static void write_sequence(YamlWriting *writing, Value v) {
    yaml_event_t event;
    size_t count = sequence_count(v);
    yaml_sequence_start_event_initialize(
        &event, NULL, NULL, 1, count ? YAML_BLOCK_SEQUENCE_STYLE : YAML_FLOW_SEQUENCE_STYLE);
    yaml_send(writing, &event);
    for (size_t i = 0; i < count; i++)
        write_node(writing, value_at(v, i));
    yaml_sequence_end_event_initialize(&event);
    yaml_send(writing, &event);
}

static void write_mapping(YamlWriting *writing, Value v) {
    yaml_event_t event;
    bool is_object = v.type->kind == KIND_OBJECT;
    size_t count = is_object ? v.type->count : v.count;
    yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                        count ? YAML_BLOCK_MAPPING_STYLE : YAML_FLOW_MAPPING_STYLE);
    yaml_send(writing, &event);
    for (size_t i = 0; i < count; i++) {
        write_text(writing, is_object ? v.type->names[i] : value_key_at(v, i),
                   YAML_DOUBLE_QUOTED_SCALAR_STYLE);
        write_node(writing, value_at(v, i));
    }
    yaml_mapping_end_event_initialize(&event);
    yaml_send(writing, &event);
}

static void write_node(YamlWriting *writing, Value v) {
    yaml_scalar_style_t plain = YAML_PLAIN_SCALAR_STYLE;
    if (value_is_null(v)) {
        write_text(writing, STR("null"), plain);
        return;
    }
    switch (v.type->kind) {
    case KIND_BOOL: write_text(writing, v.as.boolean ? STR("true") : STR("false"), plain); return;
    case KIND_NUMBER: write_text(writing, value_number_text(v, writing->arena), plain); return;
    case KIND_STRING: write_string(writing, value_text(v)); return;
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE: write_sequence(writing, v); return;
    case KIND_MAP:
    case KIND_OBJECT: write_mapping(writing, v); return;
    case KIND_DYNAMIC: return;
    }
}

/* Does not send the end of the stream: the emitter would end a literal block of empty lines with an
 * extra "...". */
static void write_document(YamlWriting *writing, Value v) {
    yaml_event_t event;
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    yaml_send(writing, &event);
    yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
    yaml_send(writing, &event);
    write_node(writing, v);
    yaml_document_end_event_initialize(&event, 1);
    yaml_send(writing, &event);
    yaml_emitter_flush(&writing->emitter);
}

static bool yaml_codec_yamlencode(FunctionCall *call, Value *out, Str *error) {
    Value value = call->arguments[0];
    if (!value_is_wholly_known(value)) {
        *out = function_unknown(call, &TYPE_STRING);
        return true;
    }
    if (!function_check_room(call, value, error))
        return false;
    YamlWriting writing = {.out = strbuf_new(call->arena), .arena = call->arena};
    yaml_emitter_initialize(&writing.emitter);
    yaml_emitter_set_output(&writing.emitter, yaml_append, &writing);
    yaml_emitter_set_unicode(&writing.emitter, 1);
    yaml_emitter_set_width(&writing.emitter, 80);
    write_document(&writing, value);
    yaml_emitter_delete(&writing.emitter);
    if (writing.failed)
        return function_fail(call, 0, error, "the value cannot be written as YAML");
    bool is_plain =
        value_is_null(value) || value.type->kind == KIND_BOOL || value.type->kind == KIND_NUMBER;
    Str text = strbuf_str(&writing.out);
    /* A document that is only a plain scalar ends with "...". */
    if (is_plain && !str_ends_with(text, STR("...\n")))
        strbuf_add_cstr(&writing.out, "...\n");
    *out = value_string(strbuf_str(&writing.out), call->arena);
    return function_spend(call, 0, writing.out.len, error);
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

#define ANY_VALUE (PARAMETER_NULL | PARAMETER_UNKNOWN | PARAMETER_DYNAMIC)

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
        PARAMETERS({"value", &TYPE_DYNAMIC, ANY_VALUE}),
        .type = &TYPE_STRING,
        .run = yaml_codec_yamlencode,
        .description = "The value as YAML text.",
        .example = "yamlencode({a = \"b\"}) = \"\\\"a\\\": \\\"b\\\"\\n\"",
    },
};
/* clang-format on */

const FunctionFamily functions_yaml = {yaml_functions, ARRAY_COUNT(yaml_functions)};
