/* digest: hashes and HMACs. OpenSSL does the work. */
#pragma once

#include "str.h"

typedef enum DigestKind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 } DigestKind;

/* Return the digest as raw bytes, or as hex text. */
Str digest_bytes(DigestKind kind, Str data, Arena *arena);
Str digest_hex(DigestKind kind, Str data, Arena *arena);
/* Returns the HMAC as raw bytes. */
Str digest_hmac(DigestKind kind, Str key, Str data, Arena *arena);
/* Returns 32 raw bytes by scrypt (RFC 7914, N = 16384, r = 8, p = 1): a digest of a secret that
 * takes 16 MiB and about 50 ms, so that guesses are expensive. */
Str digest_scrypt(Str secret, Str salt, Arena *arena);

/* A digest computed over several pieces. */
typedef struct Digest Digest;
Digest *digest_open(DigestKind kind);
void digest_update(Digest *digest, Str data);
/* Returns the digest as hex text and closes it. */
Str digest_finish(Digest *digest, Arena *arena);
