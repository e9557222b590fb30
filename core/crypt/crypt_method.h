/* crypt_method: encryption methods. Each is a row of the table in crypt_method.c and, except
 * "unencrypted", a file. */
#pragma once

#include "io.h"
#include "schema.h"

typedef enum MethodKeys { METHOD_NEEDS_KEYS, METHOD_MAY_HAVE_KEYS, METHOD_HAS_NO_KEYS } MethodKeys;

typedef struct MethodRequest {
    const Io *io;
    const CancelToken *cancel;
    Str name;     /* method.aes_gcm.main */
    Value config; /* conforms to the schema, without marks */
    Str key;      /* ptr NULL: no key */
    SourceRange range;
} MethodRequest;

typedef struct CryptMethodType {
    const char *name;
    Schema schema; /* of the block, without "keys" */
    MethodKeys keys;
    /* Both NULL: the method leaves data unencrypted. */
    bool (*seal)(const MethodRequest *request, Str plain, Str *out, Arena *arena, Diags *diags);
    bool (*open)(const MethodRequest *request, Str sealed, Str *out, Arena *arena, Diags *diags);
} CryptMethodType;

extern const CryptMethodType crypt_method_aes_gcm;
extern const CryptMethodType crypt_method_external;

/* Returns the row of this name. If there is none, returns NULL and sets *known to the quoted names
 * of all rows. */
const CryptMethodType *crypt_method_find(Str name, Str *known, Arena *arena);
