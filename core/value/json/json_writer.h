/* json_writer: writes JSON text into a StrBuf, token by token, in linear time, without a tree.
 *
 * The layout is that of Go's encoder: compact, or one member a line with `indent` blanks per level;
 * empty brackets stay on one line. There is no final newline. The caller must keep the calls in a
 * valid order. It may take the text out of the StrBuf and empty it at any time. Depth is unlimited.
 */
#pragma once

#include "str.h"

typedef struct JsonWriter {
    StrBuf *out;
    uint8_t indent;   /* blanks per level; 0 means compact */
    bool escape_html; /* write < > & as \u00XX, as Go's encoder does; json_writer_init clears it */
    bool after_key;
    bool first; /* the open bracket is still empty */
    uint32_t depth;
} JsonWriter;

void json_writer_init(JsonWriter *writer, StrBuf *out, uint8_t indent);
void json_object_start(JsonWriter *writer);
void json_object_end(JsonWriter *writer);
void json_array_start(JsonWriter *writer);
void json_array_end(JsonWriter *writer);
void json_key(JsonWriter *writer, Str key);
/* Replaces invalid UTF-8 with U+FFFD. */
void json_write_string(JsonWriter *writer, Str text);
/* Writes bytes as a string of base64. */
void json_base64(JsonWriter *writer, Str bytes);
void json_int(JsonWriter *writer, int64_t integer);
void json_uint(JsonWriter *writer, uint64_t integer);
void json_bool(JsonWriter *writer, bool boolean);
void json_write_null(JsonWriter *writer);
/* Writes the decimal text of a number unchanged. */
void json_number(JsonWriter *writer, Str text);
/* Writes bytes that must be one valid JSON value, nested no deeper than JSON_DEPTH_MAX (CHECK,
 * unless they are copied unchanged). Reformats blanks to the writer's `indent`; strings change only
 * by escape_html, numbers never. */
void json_raw(JsonWriter *writer, Str bytes);
/* Each writes a key and its value. */
void json_key_string(JsonWriter *writer, const char *key, Str text);
void json_key_base64(JsonWriter *writer, const char *key, Str bytes);
void json_key_int(JsonWriter *writer, const char *key, int64_t integer);
void json_key_bool(JsonWriter *writer, const char *key, bool boolean);
/* Writes a key and starts its object or array. */
void json_key_object(JsonWriter *writer, const char *key);
void json_key_array(JsonWriter *writer, const char *key);
