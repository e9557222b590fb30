/* local_content: the intended bytes of a file, and the digests in its object.
 *
 * Exactly one of content, sensitive_content, content_base64 and source sets the bytes; a type may
 * lack sensitive_content. The object's ID is the SHA-1 of the content. */
#pragma once

#include "object_builder.h"
#include "provider.h"

/* clang-format off */
/* Rows of an attribute table: content_md5 … content_base64sha512. */
#define LOCAL_DIGEST_ATTRIBUTES                                                                    \
    {"content_md5",          &TYPE_STRING, COMPUTED, "MD5 of the content, in hex."},               \
    {"content_sha1",         &TYPE_STRING, COMPUTED, "SHA-1 of the content, in hex."},             \
    {"content_sha256",       &TYPE_STRING, COMPUTED, "SHA-256 of the content, in hex."},           \
    {"content_base64sha256", &TYPE_STRING, COMPUTED, "SHA-256 of the content, in base64."},        \
    {"content_sha512",       &TYPE_STRING, COMPUTED, "SHA-512 of the content, in hex."},           \
    {"content_base64sha512", &TYPE_STRING, COMPUTED, "SHA-512 of the content, in base64."}
/* clang-format on */

/* Returns the bytes; reads `source` from disk. */
MUST_USE bool local_content_bytes(const Call *call, Value object, Str *out, Diags *diags);
/* Sets the ID and the digests. */
void local_content_describe(ObjectBuilder *builder, Str bytes, Arena *arena);
/* Sets the object's content attribute to bytes found on disk. Returns false if it cannot represent
 * them: for a source, or for text that is not UTF-8. */
MUST_USE bool local_content_adopt(ObjectBuilder *builder, Str bytes, Arena *arena);
