/* msgpack_token: reads the tokens of the format msgpack. A container is a token with its number of
 * elements; the elements follow. */
#pragma once

#include "str.h"

typedef enum MsgpackKind {
    MSGPACK_NULL,
    MSGPACK_BOOL,
    MSGPACK_INT,      /* below zero */
    MSGPACK_UNSIGNED, /* zero or more */
    MSGPACK_DOUBLE,
    MSGPACK_TEXT,  /* string or binary; any bytes */
    MSGPACK_ARRAY, /* `count` elements */
    MSGPACK_MAP,   /* `count` pairs of key and element */
    MSGPACK_EXTENSION,
} MsgpackKind;

typedef struct MsgpackToken {
    MsgpackKind kind;
    int8_t extension; /* type of the extension */
    uint32_t count;
    bool boolean;
    int64_t integer;
    uint64_t magnitude; /* of MSGPACK_UNSIGNED */
    double number;
    Str bytes; /* of text and extension: a view */
} MsgpackToken;

/* Reads one token from the start of *rest and removes it. Returns false if the bytes are cut off,
 * or are no token. */
MUST_USE bool msgpack_token_read(Str *rest, MsgpackToken *out);
