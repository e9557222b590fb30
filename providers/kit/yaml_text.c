/* yaml_text: values as YAML; scalars are written as JSON, which is valid YAML. */
#include "yaml_text.h"

#include "json.h"

static void text_add_value(StrBuf *out, Value value, size_t depth, Arena *arena);

static void text_add_scalar(StrBuf *out, Value value) {
    JsonWriter writer;
    json_writer_init(&writer, out, 0);
    json_write_value(&writer, value);
    strbuf_add_char(out, '\n');
}

static bool text_is_nested(Value value) {
    bool is_primitive = type_is_primitive(value.type);
    return value_is_present(value) && !is_primitive && value.count > 0;
}

static void text_add_key(StrBuf *out, Value mapping, size_t i, Arena *arena) {
    Str key = value_key_at(mapping, i);
    bool is_plain = key.len > 0;
    for (size_t n = 0; n < key.len; n++)
        is_plain = is_plain &&
                   (isalnum((unsigned char)key.ptr[n]) || key.ptr[n] == '-' || key.ptr[n] == '_');
    if (is_plain) {
        strbuf_add(out, key);
    } else {
        JsonWriter writer;
        json_writer_init(&writer, out, 0);
        json_write_value(&writer, value_string(key, arena));
    }
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
        text_add_scalar(out, value);
}

Str yaml_text_of(Value value, Arena *arena) {
    if (value_is_present(value) && value.type->kind == KIND_STRING)
        return value_text(value);
    StrBuf out = strbuf_new(arena);
    text_add_value(&out, value, 0, arena);
    return strbuf_str(&out);
}
