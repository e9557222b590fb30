/* yaml_write: sends a value to libyaml's emitter, which kubectl's has as its model. */
#include "yaml_write.h"

#include "yaml_scalar.h"

#include <yaml.h>

typedef struct YamlWriting {
    yaml_emitter_t emitter;
    YamlStyle style;
    StrBuf out;
    Arena *arena;
    bool has_failed;
} YamlWriting;

static int yaml_write_append(void *payload, unsigned char *bytes, size_t size) {
    YamlWriting *writing = payload;
    strbuf_add(&writing->out, (Str){(const char *)bytes, size});
    return 1;
}

static void emit(YamlWriting *writing, yaml_event_t *event) {
    if (!yaml_emitter_emit(&writing->emitter, event))
        writing->has_failed = true;
}

/* The emitter quotes a plain text that would not be one scalar. */
static void yaml_write_text(YamlWriting *writing, Str text, yaml_scalar_style_t style) {
    yaml_event_t event;
    yaml_scalar_event_initialize(&event, NULL, NULL, (const unsigned char *)text.ptr, (int)text.len,
                                 style == YAML_PLAIN_SCALAR_STYLE, 1, style);
    emit(writing, &event);
}

static bool yaml_write_is_text(Value v, Str text) {
    return value_is_present(v) && v.type->kind == KIND_STRING && str_equal(value_text(v), text);
}

/* Returns whether parsers of YAML 1.1, 1.2 and manifests read the plain text as this string. */
static bool yaml_write_is_string(const YamlWriting *writing, Str text) {
    Value value, manifest;
    Str why;
    return yaml_scalar_read(STR_EMPTY, text, true, &value, &why, writing->arena) &&
           yaml_scalar_read_manifest(STR_EMPTY, text, true, &manifest, &why, writing->arena) &&
           yaml_write_is_text(value, text) && yaml_write_is_text(manifest, text);
}

static void yaml_write_key(YamlWriting *writing, Str text) {
    bool is_plain = writing->style == YAML_STYLE_MANIFEST && yaml_write_is_string(writing, text);
    yaml_write_text(writing, text,
                    is_plain ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

static void write_string(YamlWriting *writing, Str text) {
    if (str_find_char(text, '\n', 0) == SIZE_MAX)
        yaml_write_key(writing, text);
    else
        yaml_write_text(writing, text, YAML_LITERAL_SCALAR_STYLE);
}

static void yaml_write_node(YamlWriting *writing, Value v);

static void write_sequence(YamlWriting *writing, Value v) {
    yaml_event_t event;
    yaml_sequence_start_event_initialize(
        &event, NULL, NULL, 1, v.count ? YAML_BLOCK_SEQUENCE_STYLE : YAML_FLOW_SEQUENCE_STYLE);
    emit(writing, &event);
    for (size_t i = 0; i < v.count; i++)
        yaml_write_node(writing, value_at(v, i));
    yaml_sequence_end_event_initialize(&event);
    emit(writing, &event);
}

static void write_mapping(YamlWriting *writing, Value v) {
    yaml_event_t event;
    yaml_mapping_start_event_initialize(
        &event, NULL, NULL, 1, v.count ? YAML_BLOCK_MAPPING_STYLE : YAML_FLOW_MAPPING_STYLE);
    emit(writing, &event);
    for (size_t i = 0; i < v.count; i++) {
        yaml_write_key(writing, value_key_at(v, i));
        yaml_write_node(writing, value_at(v, i));
    }
    yaml_mapping_end_event_initialize(&event);
    emit(writing, &event);
}

static void yaml_write_node(YamlWriting *writing, Value v) {
    yaml_scalar_style_t plain = YAML_PLAIN_SCALAR_STYLE;
    if (value_is_null(v)) {
        yaml_write_text(writing, STR("null"), plain);
        return;
    }
    switch (v.type->kind) {
    case KIND_BOOL:
        yaml_write_text(writing, v.as.boolean ? STR("true") : STR("false"), plain);
        return;
    case KIND_NUMBER: yaml_write_text(writing, value_number_text(v, writing->arena), plain); return;
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
static void yaml_write_document(YamlWriting *writing, Value v) {
    yaml_event_t event;
    yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING);
    emit(writing, &event);
    yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1);
    emit(writing, &event);
    yaml_write_node(writing, v);
    yaml_document_end_event_initialize(&event, 1);
    emit(writing, &event);
    yaml_emitter_flush(&writing->emitter);
}

bool yaml_write(Value value, YamlStyle style, Str *out, Arena *arena) {
    YamlWriting writing = {.style = style, .out = strbuf_new(arena), .arena = arena};
    yaml_emitter_initialize(&writing.emitter);
    yaml_emitter_set_output(&writing.emitter, yaml_write_append, &writing);
    yaml_emitter_set_unicode(&writing.emitter, 1);
    yaml_write_document(&writing, value);
    yaml_emitter_delete(&writing.emitter);
    bool is_plain =
        value_is_null(value) || value.type->kind == KIND_BOOL || value.type->kind == KIND_NUMBER;
    /* A document that is only a plain scalar ends with "...". */
    if (is_plain && !str_ends_with(strbuf_str(&writing.out), STR("...\n")))
        strbuf_add_cstr(&writing.out, "...\n");
    *out = strbuf_str(&writing.out);
    return !writing.has_failed;
}
