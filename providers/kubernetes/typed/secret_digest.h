/* SecretDigests: salted scrypt digests of the write-only values of a Secret, kept in private data.
 * They show whether a value on the server is still the one that was sent, without storing it. */
#pragma once

#include "str.h"
#include "vec.h"

typedef struct SecretDigest {
    Str argument; /* "data_wo" or "binary_data_wo" */
    Str key;
    Str digest; /* raw bytes */
} SecretDigest;

typedef struct SecretDigests {
    Str salt;    /* raw bytes, random for each set */
    Str version; /* resource version of the object that has these values; empty: unknown */
    VEC(SecretDigest) items;
} SecretDigests;

/* Returns an empty set with a new salt. */
SecretDigests secret_digests_new(Arena *arena);
/* `value` is the value as a Secret holds it, in base64. Equal values of two keys have different
 * digests. */
void secret_digests_add(SecretDigests *digests, Str argument, Str key, Str value, Arena *arena);
/* A damaged text gives an empty set. */
SecretDigests secret_digests_read(Str text, Arena *arena);
Str secret_digests_text(const SecretDigests *digests, Arena *arena);
/* Returns whether this is the digest of the value. */
bool secret_digests_match(const SecretDigests *digests, const SecretDigest *digest, Str value,
                          Arena *arena);
