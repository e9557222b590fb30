/* json_writer: writes JSON tokens; each token first writes the comma, line break and blanks before
 * it. */
#include "json_writer.h"

#include "arena.h"
#include "base64.h"

#include "json_reader.h"
#include "utf8.h"

void json_writer_init(JsonWriter *writer, StrBuf *out, uint8_t indent) {
    *writer = (JsonWriter){.out = out, .indent = indent, .first = true};
}

static void new_line(JsonWriter *writer) {
    if (writer->indent == 0)
        return;
    strbuf_add_char(writer->out, '\n');
    strbuf_add_repeat(writer->out, ' ', (size_t)writer->indent * writer->depth);
}

/* Writes the separator between this key or value and the text before it. */
static void writer_begin(JsonWriter *writer) {
    if (writer->after_key) {
        writer->after_key = false;
        return;
    }
    if (!writer->first)
        strbuf_add_char(writer->out, ',');
    writer->first = false;
    if (writer->depth > 0)
        new_line(writer);
}

static void writer_open_bracket(JsonWriter *writer, char bracket) {
    writer_begin(writer);
    strbuf_add_char(writer->out, bracket);
    writer->depth++;
    writer->first = true;
}

static void writer_close_bracket(JsonWriter *writer, char bracket) {
    bool empty = writer->first;
    writer->depth--;
    writer->first = false;
    if (!empty)
        new_line(writer);
    strbuf_add_char(writer->out, bracket);
}

void json_object_start(JsonWriter *writer) {
    writer_open_bracket(writer, '{');
}

void json_object_end(JsonWriter *writer) {
    writer_close_bracket(writer, '}');
}

void json_array_start(JsonWriter *writer) {
    writer_open_bracket(writer, '[');
}

void json_array_end(JsonWriter *writer) {
    writer_close_bracket(writer, ']');
}

static bool writer_is_plain(const JsonWriter *writer, unsigned char c) {
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
        return false;
    return !writer->escape_html || (c != '<' && c != '>' && c != '&');
}

static void add_ascii_escape(StrBuf *out, unsigned char c) {
    switch (c) {
    case '"': strbuf_add(out, STR("\\\"")); return;
    case '\\': strbuf_add(out, STR("\\\\")); return;
    case '\b': strbuf_add(out, STR("\\b")); return;
    case '\f': strbuf_add(out, STR("\\f")); return;
    case '\n': strbuf_add(out, STR("\\n")); return;
    case '\r': strbuf_add(out, STR("\\r")); return;
    case '\t': strbuf_add(out, STR("\\t")); return;
    default: strbuf_add_format(out, "\\u%04x", c);
    }
}

/* Writes the non-ASCII character at `at` and returns its width. Escapes U+2028 and U+2029, which
 * end lines in JavaScript. */
static size_t add_wide(StrBuf *out, Str text, size_t at) {
    size_t width = 1;
    uint32_t c = utf8_decode(text, at, &width);
    if (c == 0xFFFD && width == 1) {
        strbuf_add(out, STR("\\ufffd"));
    } else if (c == 0x2028 || c == 0x2029) {
        strbuf_add_format(out, "\\u%04x", (unsigned)c);
    } else {
        strbuf_add(out, str_slice(text, at, at + width));
    }
    return width;
}

static void writer_add_quoted(JsonWriter *writer, Str text) {
    StrBuf *out = writer->out;
    strbuf_add_char(out, '"');
    for (size_t at = 0;;) {
        size_t start = at;
        while (at < text.len && writer_is_plain(writer, (unsigned char)text.ptr[at]))
            at++;
        strbuf_add(out, str_slice(text, start, at));
        if (at >= text.len)
            break;
        if ((unsigned char)text.ptr[at] < 0x80) {
            add_ascii_escape(out, (unsigned char)text.ptr[at++]);
        } else {
            at += add_wide(out, text, at);
        }
    }
    strbuf_add_char(out, '"');
}

static void add_colon(JsonWriter *writer) {
    strbuf_add(writer->out, writer->indent > 0 ? STR(": ") : STR(":"));
    writer->after_key = true;
}

void json_key(JsonWriter *writer, Str key) {
    writer_begin(writer);
    writer_add_quoted(writer, key);
    add_colon(writer);
}

void json_write_string(JsonWriter *writer, Str text) {
    writer_begin(writer);
    writer_add_quoted(writer, text);
}

#define BASE64_PIECE ((size_t)48 << 10) /* bytes, whole groups of three */

void json_base64(JsonWriter *writer, Str bytes) {
    SCOPED(ArenaRef) scratch = arena_open("base64");
    writer_begin(writer);
    strbuf_add_char(writer->out, '"');
    for (size_t i = 0; i < bytes.len; i += BASE64_PIECE) {
        strbuf_add(writer->out, base64_encode(str_slice(bytes, i, i + BASE64_PIECE), scratch));
        arena_reset(scratch);
    }
    strbuf_add_char(writer->out, '"');
}

void json_number(JsonWriter *writer, Str text) {
    writer_begin(writer);
    strbuf_add(writer->out, text);
}

void json_int(JsonWriter *writer, int64_t integer) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)integer);
    json_number(writer, (Str){digits, (size_t)length});
}

void json_uint(JsonWriter *writer, uint64_t integer) {
    char digits[24];
    int length = snprintf(digits, sizeof digits, "%llu", (unsigned long long)integer);
    json_number(writer, (Str){digits, (size_t)length});
}

void json_bool(JsonWriter *writer, bool boolean) {
    json_number(writer, boolean ? STR("true") : STR("false"));
}

void json_write_null(JsonWriter *writer) {
    json_number(writer, STR("null"));
}

void json_key_string(JsonWriter *writer, const char *key, Str text) {
    json_key(writer, str_from_cstr(key));
    json_write_string(writer, text);
}

void json_key_base64(JsonWriter *writer, const char *key, Str bytes) {
    json_key(writer, str_from_cstr(key));
    json_base64(writer, bytes);
}

void json_key_int(JsonWriter *writer, const char *key, int64_t integer) {
    json_key(writer, str_from_cstr(key));
    json_int(writer, integer);
}

void json_key_bool(JsonWriter *writer, const char *key, bool boolean) {
    json_key(writer, str_from_cstr(key));
    json_bool(writer, boolean);
}

void json_key_object(JsonWriter *writer, const char *key) {
    json_key(writer, str_from_cstr(key));
    json_object_start(writer);
}

void json_key_array(JsonWriter *writer, const char *key) {
    json_key(writer, str_from_cstr(key));
    json_array_start(writer);
}

/* Writes a quoted string unchanged, except for the characters that escape_html escapes. */
static void add_written(JsonWriter *writer, Str written) {
    if (!writer->escape_html) {
        strbuf_add(writer->out, written);
        return;
    }
    for (size_t at = 0; at < written.len;) {
        unsigned char c = (unsigned char)written.ptr[at];
        if (c >= 0x80) {
            at += add_wide(writer->out, written, at);
            continue;
        }
        if (c == '<' || c == '>' || c == '&') {
            add_ascii_escape(writer->out, c);
        } else {
            strbuf_add_char(writer->out, (char)c);
        }
        at++;
    }
}

static void writer_copy_token(JsonWriter *writer, const JsonReader *reader, JsonToken token) {
    Str written = str_slice(reader->bytes, reader->start, reader->end);
    switch (token) {
    case JSON_OBJECT_START: json_object_start(writer); return;
    case JSON_OBJECT_END: json_object_end(writer); return;
    case JSON_ARRAY_START: json_array_start(writer); return;
    case JSON_ARRAY_END: json_array_end(writer); return;
    case JSON_KEY:
        writer_begin(writer);
        add_written(writer, written);
        add_colon(writer);
        return;
    case JSON_STRING:
        writer_begin(writer);
        add_written(writer, written);
        return;
    case JSON_NUMBER:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL: json_number(writer, written); return;
    case JSON_END:
    case JSON_BAD: return;
    }
}

/* Returns whether the JSON text has no white space outside strings. */
static bool is_compact(Str json) {
    bool is_in_string = false;
    for (size_t i = 0; i < json.len; i++) {
        char c = json.ptr[i];
        if (c == '"')
            is_in_string = !is_in_string;
        else if (c == '\\')
            i++;
        else if (!is_in_string && (c == ' ' || c == '\n' || c == '\t' || c == '\r'))
            return false;
    }
    return true;
}

/* Records of the journal are compact, and so are the objects in them. */
void json_raw(JsonWriter *writer, Str bytes) {
    if (writer->indent == 0 && !writer->escape_html && is_compact(bytes)) {
        writer_begin(writer);
        strbuf_add(writer->out, bytes);
        return;
    }
    SCOPED(ArenaRef) scratch = arena_open("json raw");
    JsonReader reader = json_reader_new(bytes, scratch);
    JsonToken token = json_next(&reader);
    for (; token != JSON_END && token != JSON_BAD; token = json_next(&reader)) {
        writer_copy_token(writer, &reader, token);
    }
    CHECK(token == JSON_END);
}
