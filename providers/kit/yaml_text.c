/* yaml_text: values as YAML; scalars are written as JSON, which is valid YAML with escapes for the
 * characters that only JSON allows in a text. */
#include "yaml_text.h"

#include "json.h"
#include "utf8.h"
#include "yaml_scalar.h"

static void text_add_value(StrBuf *out, Value value, size_t depth, Arena *arena);

/* Control characters, and those that end a line in YAML 1.1 or mark the byte order. */
static bool text_is_special(uint32_t c) {
    return (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 || c == 0xfeff;
}

static void text_add_json(StrBuf *out, Value value, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_write_value(&writer, value);
    Str json = strbuf_str(&text);
    size_t width;
    for (size_t i = 0; i < json.len; i += width) {
        uint32_t c = utf8_decode(json, i, &width);
        if (text_is_special(c))
            strbuf_add_format(out, "\\u%04x", c);
        else
            strbuf_add(out, str_slice(json, i, i + width));
    }
}

static void text_add_scalar(StrBuf *out, Value value, Arena *arena) {
    text_add_json(out, value, arena);
    strbuf_add_char(out, '\n');
}

/* Returns whether all parsers read the plain text as this string: "yes" is a bool, "1" a number. */
static bool text_is_string(Str text, Arena *arena) {
    Value value, manifest;
    Str why;
    return yaml_scalar_read(STR_EMPTY, text, true, &value, &why, arena) &&
           yaml_scalar_read_manifest(STR_EMPTY, text, true, &manifest, &why, arena) &&
           value_is_present(value) && value.type->kind == KIND_STRING &&
           value_is_present(manifest) && manifest.type->kind == KIND_STRING;
}

static bool text_is_nested(Value value) {
    bool is_primitive = type_is_primitive(value.type);
    return value_is_present(value) && !is_primitive && value.count > 0;
}

static void text_add_key(StrBuf *out, Value mapping, size_t i, Arena *arena) {
    Str key = value_key_at(mapping, i);
    bool is_plain = key.len > 0 && key.ptr[0] != '-' && text_is_string(key, arena);
    for (size_t n = 0; n < key.len; n++)
        is_plain = is_plain &&
                   (isalnum((unsigned char)key.ptr[n]) || key.ptr[n] == '-' || key.ptr[n] == '_');
    if (is_plain)
        strbuf_add(out, key);
    else
        text_add_json(out, value_string(key, arena), arena);
    strbuf_add_char(out, ':');
}

static void text_add_items(StrBuf *out, Value value, size_t depth, Arena *arena) {
    for (size_t i = 0; i < value.count; i++) {
        Value item = value_at(value, i);
        strbuf_add_repeat(out, ' ', depth * 2);
        if (type_is_mapping(value.type))
            text_add_key(out, value, i, arena);
        else
            strbuf_add_char(out, '-');
        strbuf_add_char(out, text_is_nested(item) ? '\n' : ' ');
        text_add_value(out, item, depth + 1, arena);
    }
}

static void text_add_value(StrBuf *out, Value value, size_t depth, Arena *arena) {
    if (text_is_nested(value))
        text_add_items(out, value, depth, arena);
    else
        text_add_scalar(out, value, arena);
}

Str yaml_text_of(Value value, Arena *arena) {
    if (value_is_present(value) && value.type->kind == KIND_STRING)
        return value_text(value);
    StrBuf out = strbuf_new(arena);
    text_add_value(&out, value, 0, arena);
    return strbuf_str(&out);
}
