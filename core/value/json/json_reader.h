/* json_reader: a pull parser over JSON text in memory.
 *
 * Syntax is strict RFC 8259, but invalid UTF-8 and unpaired surrogates become U+FFFD. Tokens carry
 * byte offsets. Error messages use the wording of Go's decoder, which jsondecode shows. Strings and
 * keys without escapes or invalid UTF-8 are views of the bytes; others are decoded into the
 * reader's arena. The caller handles duplicate keys. Parsing is linear and not recursive; brackets
 * nest at most JSON_DEPTH_MAX deep. After JSON_BAD, every further token is JSON_BAD. */
#pragma once

#include "source_text.h"

#define JSON_DEPTH_MAX 256

typedef enum JsonToken {
    JSON_END,
    JSON_OBJECT_START,
    JSON_OBJECT_END,
    JSON_ARRAY_START,
    JSON_ARRAY_END,
    JSON_KEY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_TRUE,
    JSON_FALSE,
    JSON_NULL,
    JSON_BAD, /* `error` says why */
} JsonToken;

typedef struct JsonReader {
    Str bytes;
    Arena *arena; /* for decoded strings and error messages */
    size_t at;
    size_t start; /* offset of the newest token; after JSON_BAD, of the error */
    size_t end;   /* offset after the newest token, of a key without its colon */
    Str text;     /* decoded text of KEY and STRING; text of NUMBER as written */
    const char *error;
    uint8_t stack[JSON_DEPTH_MAX / 8]; /* one bit per open bracket: 1 is an object */
    uint32_t depth;
    uint8_t expect;
    bool is_ascii;           /* `text` is ASCII, and therefore in normal form C */
    struct JsonTypes *types; /* of json.h; NULL: json_read_type makes each type anew */
} JsonReader;

JsonReader json_reader_new(Str bytes, Arena *arena);
JsonToken json_next(JsonReader *reader);
/* Returns the token after the newest without consuming it. */
JsonToken json_peek(JsonReader *reader);
/* Skips the value that begins with the newest token and sets *out to its bytes. Returns false on a
 * syntax error. */
MUST_USE bool json_skip(JsonReader *reader, JsonToken token, Str *out);
/* Reads the next member of an object that has begun, its value as bytes. Returns false at the end
 * of the object and on a syntax error. */
MUST_USE bool json_next_member(JsonReader *reader, Str *key, Str *value);
