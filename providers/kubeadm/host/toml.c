/* toml: a table's own keys come before its subtables, as the format demands. */
#include "toml.h"

static bool toml_is_table(Value value) {
    return value.type->kind == KIND_OBJECT || value.type->kind == KIND_MAP;
}

void toml_add_string(StrBuf *out, Str text) {
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ' || c == 0x7f) {
            strbuf_add_format(out, "\\u%04x", c);
            continue;
        }
        if (c == '"' || c == '\\')
            strbuf_add_char(out, '\\');
        strbuf_add_char(out, (char)c);
    }
    strbuf_add_char(out, '"');
}

static void toml_add_key(StrBuf *out, Str key) {
    if (key.len && str_has_only(key, "-_"))
        strbuf_add(out, key);
    else
        toml_add_string(out, key);
}

static void toml_add_value(StrBuf *out, Value value, Arena *arena) {
    bool is_table = toml_is_table(value), is_first = true;
    switch (value.type->kind) {
    case KIND_BOOL: strbuf_add_cstr(out, value_is_true(value) ? "true" : "false"); return;
    case KIND_NUMBER: strbuf_add(out, value_number_text(value, arena)); return;
    case KIND_STRING: toml_add_string(out, value_text(value)); return;
    case KIND_DYNAMIC:
    case KIND_LIST:
    case KIND_SET:
    case KIND_MAP:
    case KIND_TUPLE:
    case KIND_OBJECT: break;
    }
    strbuf_add_char(out, is_table ? '{' : '[');
    for (size_t i = 0; i < value.count; i++) {
        if (!value_is_present(value_at(value, i)))
            continue;
        strbuf_add_cstr(out, is_first ? "" : ", ");
        is_first = false;
        if (is_table) {
            toml_add_key(out, value_key_at(value, i));
            strbuf_add_cstr(out, " = ");
        }
        toml_add_value(out, value_at(value, i), arena);
    }
    strbuf_add_char(out, is_table ? '}' : ']');
}

/* `path`: the keys of the table, empty for the whole document. */
static void toml_add_table(StrBuf *out, Value table, Str path, Arena *arena) {
    size_t subtables = 0, before = out->len;
    if (path.len)
        strbuf_add_format(out, "%s[%.*s]\n", out->len ? "\n" : "", STR_ARG(path));
    size_t header = out->len;
    for (size_t i = 0; i < table.count; i++) {
        Value value = value_at(table, i);
        if (!value_is_present(value))
            continue;
        if (toml_is_table(value)) {
            subtables++;
            continue;
        }
        toml_add_key(out, value_key_at(table, i));
        strbuf_add_cstr(out, " = ");
        toml_add_value(out, value, arena);
        strbuf_add_char(out, '\n');
    }
    if (subtables && out->len == header)
        out->len = before; /* the header of a table that has only tables says nothing */
    for (size_t i = 0; subtables && i < table.count; i++) {
        Value value = value_at(table, i);
        if (!value_is_present(value) || !toml_is_table(value))
            continue;
        StrBuf below = strbuf_new(arena);
        strbuf_add_format(&below, "%.*s%s", STR_ARG(path), path.len ? "." : "");
        toml_add_key(&below, value_key_at(table, i));
        toml_add_table(out, value, strbuf_str(&below), arena);
    }
}

void toml_add(StrBuf *out, Value object, Arena *arena) {
    toml_add_table(out, object, STR_EMPTY, arena);
}
