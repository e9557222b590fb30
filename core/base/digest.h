/* digest: hashes, encodings of bytes as text, random bytes, UUIDs. OpenSSL does the work. */
#pragma once

#include "str.h"

typedef enum DigestKind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 } DigestKind;

/* Return the digest as raw bytes, or as hex text. */
Str digest_bytes(DigestKind kind, Str data, Arena *arena);
Str digest_hex(DigestKind kind, Str data, Arena *arena);
/* Returns the HMAC as raw bytes. */
Str digest_hmac(DigestKind kind, Str key, Str data, Arena *arena);

/* A digest computed over several pieces. */
typedef struct Digest Digest;
Digest *digest_open(DigestKind kind);
void digest_update(Digest *digest, Str data);
/* Returns the digest as hex text and closes it. */
Str digest_finish(Digest *digest, Arena *arena);

Str digest_to_hex(Str bytes, Arena *arena);
MUST_USE bool digest_from_hex(Str text, Str *out, Arena *arena);
Str digest_to_base64(Str bytes, Arena *arena);
Str digest_to_base64url(Str bytes, Arena *arena); /* without padding */
/* Decodes the standard alphabet of RFC 4648 section 4; padding is required. */
MUST_USE bool digest_from_base64(Str text, Str *out, Arena *arena);

/* CRC-32C, for journal records and temporary file names. */
uint32_t digest_crc32c(Str data);

void digest_random(void *out, size_t size);
Str digest_uuid4(Arena *arena);
/* Version 5: name-based, with SHA-1. Returns empty text if `namespace_uuid` is not the text of a
 * UUID. */
Str digest_uuid5(Str namespace_uuid, Str name, Arena *arena);
