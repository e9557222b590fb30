/* digest: hashes, encodings of bytes as text, random bytes, UUIDs. OpenSSL does the work. */
#pragma once

#include "str.h"

typedef enum DigestKind { DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512 } DigestKind;

/* Raw bytes of the digest. */
Str digest_bytes(DigestKind kind, Str data, Arena *arena);
Str digest_hex(DigestKind kind, Str data, Arena *arena);
/* Keyed (HMAC): raw bytes. */
Str digest_hmac(DigestKind kind, Str key, Str data, Arena *arena);

/* A digest over pieces. */
typedef struct Digest Digest;
Digest *digest_open(DigestKind kind);
void digest_update(Digest *digest, Str data);
/* Hex text; closes. */
Str digest_finish(Digest *digest, Arena *arena);

Str digest_to_hex(Str bytes, Arena *arena);
MUST_USE bool digest_from_hex(Str text, Str *out, Arena *arena);
Str digest_to_base64(Str bytes, Arena *arena);
Str digest_to_base64url(Str bytes, Arena *arena); /* without padding */
/* Standard alphabet, padding required, as RFC 4648 section 4. */
MUST_USE bool digest_from_base64(Str text, Str *out, Arena *arena);

/* CRC-32C of one journal record. */
uint32_t digest_crc32c(Str data);

void digest_random(void *out, size_t size);
Str digest_uuid4(Arena *arena);
/* Name-based (SHA-1); namespace_uuid as text; empty when that is no UUID. */
Str digest_uuid5(Str namespace_uuid, Str name, Arena *arena);
