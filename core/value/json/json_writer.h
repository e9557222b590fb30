/* json_writer: JSON text into a StrBuf, token by token, linear, without a tree.
 *
 * Layout is that of Go's encoder: compact, or one member a line with `indent` blanks per level and
 * empty brackets closed up. No final newline. The caller keeps the order of calls sensible and may
 * take the text out of the StrBuf and empty it at any time. Depth is not bounded. */
#pragma once

#include "str.h"

typedef struct JsonWriter {
    StrBuf *out;
    uint8_t indent;   /* blanks per level, 0: compact */
    bool escape_html; /* < > & as \u00XX, as Go's encoder does; off after init */
    bool after_key;
    bool first; /* nothing stands in the open bracket yet */
    uint32_t depth;
} JsonWriter;

void json_writer_init(JsonWriter *writer, StrBuf *out, uint8_t indent);
void json_object_start(JsonWriter *writer);
void json_object_end(JsonWriter *writer);
void json_array_start(JsonWriter *writer);
void json_array_end(JsonWriter *writer);
void json_key(JsonWriter *writer, Str key);
/* Invalid UTF-8 becomes U+FFFD. */
void json_write_string(JsonWriter *writer, Str text);
void json_int(JsonWriter *writer, int64_t integer);
void json_bool(JsonWriter *writer, bool boolean);
void json_write_null(JsonWriter *writer);
/* A number's decimal text as it is. */
void json_number(JsonWriter *writer, Str text);
/* Bytes that are one JSON value already. Re-indented to the writer's own form when `indent` is set,
 * without blanks otherwise; numbers and strings stay as they are written. */
void json_raw(JsonWriter *writer, Str bytes);
/* key and value in one line of code */
void json_key_string(JsonWriter *writer, const char *key, Str text);
void json_key_int(JsonWriter *writer, const char *key, int64_t integer);
void json_key_bool(JsonWriter *writer, const char *key, bool boolean);
