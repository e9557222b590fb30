/* local_content: the bytes that a file is to hold, and the digests that its object shows.
 *
 * Exactly one of content, sensitive_content, content_base64 and source says what the bytes are; an
 * object type may lack sensitive_content. The content's SHA-1 is the object's id. */
#pragma once

#include "object_builder.h"
#include "provider.h"

/* clang-format off */
/* content_md5 … content_base64sha512, as rows of an attribute table. */
#define LOCAL_DIGEST_ATTRIBUTES                                                                    \
    {"content_md5",          &TYPE_STRING, COMPUTED, "MD5 of the content, in hex."},               \
    {"content_sha1",         &TYPE_STRING, COMPUTED, "SHA-1 of the content, in hex."},             \
    {"content_sha256",       &TYPE_STRING, COMPUTED, "SHA-256 of the content, in hex."},           \
    {"content_base64sha256", &TYPE_STRING, COMPUTED, "SHA-256 of the content, in base64."},        \
    {"content_sha512",       &TYPE_STRING, COMPUTED, "SHA-512 of the content, in hex."},           \
    {"content_base64sha512", &TYPE_STRING, COMPUTED, "SHA-512 of the content, in base64."}
/* clang-format on */

/* The bytes themselves; a source is read from disk. */
MUST_USE bool local_content_bytes(const Call *call, Value object, Str *out, Diags *diags);
/* Sets id and the digests. */
void local_content_describe(ObjectBuilder *builder, Str bytes, Arena *arena);
/* Sets whichever content attribute the object uses to bytes found on disk. False when it cannot
 * show them: a source, or text that is not UTF-8. */
MUST_USE bool local_content_adopt(ObjectBuilder *builder, Str bytes, Arena *arena);
