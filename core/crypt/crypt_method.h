/* crypt_method: how bytes are sealed with a key; one table row per kind, one file each. */
#pragma once

#include "io.h"
#include "schema.h"

typedef enum MethodKeys { METHOD_NEEDS_KEYS, METHOD_MAY_HAVE_KEYS, METHOD_HAS_NO_KEYS } MethodKeys;

typedef struct MethodRequest {
    const Io *io;
    const CancelToken *cancel;
    Str name;     /* method.aes_gcm.main */
    Value config; /* of the schema's implied type, unmarked */
    Str key;      /* ptr NULL: it has none */
    SourceRange range;
} MethodRequest;

typedef struct CryptMethodType {
    const char *name;
    Schema schema; /* of its block, but for "keys" */
    MethodKeys keys;
    /* NULL both: it leaves everything in the clear. */
    bool (*seal)(const MethodRequest *request, Str plain, Str *out, Arena *arena, Diags *diags);
    bool (*open)(const MethodRequest *request, Str sealed, Str *out, Arena *arena, Diags *diags);
} CryptMethodType;

extern const CryptMethodType crypt_method_aes_gcm;
extern const CryptMethodType crypt_method_external;

/* NULL: there is none. */
const CryptMethodType *crypt_method_find(Str name);
/* Row i; NULL past the end. */
const CryptMethodType *crypt_method_at(size_t i);
