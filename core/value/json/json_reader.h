/* json_reader: a pull parser over JSON text in memory.
 *
 * Syntax is RFC 8259, strict. Tokens carry byte offsets; what an error says follows the words of
 * Go's decoder, which users of jsondecode know. Strings and keys without escapes are views of the
 * bytes, others are decoded into the reader's arena. Duplicate keys are the caller's business.
 * Linear, no recursion; brackets nest at most JSON_DEPTH_MAX deep. After JSON_BAD it stays bad. */
#pragma once

#include "source.h"

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
    JSON_BAD, /* see error */
} JsonToken;

typedef struct JsonReader {
    Str bytes;
    Arena *arena; /* decoded strings that hold escapes; others are views */
    size_t at;
    size_t start; /* of the newest token; after JSON_BAD, of what is wrong */
    size_t end;
    Str text; /* of KEY and STRING, decoded; of NUMBER as written */
    const char *error;
    uint8_t stack[JSON_DEPTH_MAX / 8]; /* a bit per open bracket: 1 object */
    uint32_t depth;
    uint8_t expect;
    bool is_ascii; /* of text: so it is in normal form C as well */
} JsonReader;

JsonReader json_reader_new(Str bytes, Arena *arena);
JsonToken json_next(JsonReader *reader);
/* The token after the newest, without taking it. */
JsonToken json_peek(JsonReader *reader);
/* Skips the value that begins with the newest token; its bytes. False: bad syntax. */
MUST_USE bool json_skip(JsonReader *reader, JsonToken token, Str *out);
