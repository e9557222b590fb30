/* msgpack_token: the tokens of the format msgpack. A container is a token with its number of
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
MUST_USE bool msgpack_next(Str *rest, MsgpackToken *out);

/* Each writes the shortest form of its token. */
void msgpack_put_null(StrBuf *out);
void msgpack_put_bool(StrBuf *out, bool boolean);
void msgpack_put_int(StrBuf *out, int64_t integer);
void msgpack_put_double(StrBuf *out, double number);
void msgpack_put_text(StrBuf *out, Str text);
void msgpack_put_binary(StrBuf *out, Str bytes);
void msgpack_put_array(StrBuf *out, size_t count);
void msgpack_put_map(StrBuf *out, size_t count);
/* An extension of type 0 with one zero byte: an unknown value. */
void msgpack_put_unknown(StrBuf *out);
