/* local_content: a file's content and its digests, as attributes of its object. The object's ID is
 * the SHA-1 of the content. */
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

/* Sets the ID and the digests. */
void local_content_describe(ObjectBuilder *builder, Str bytes, Arena *arena);
/* Reads the file: sets content, ID and digests of *state, an object with `filename`. */
MUST_USE bool local_content_load(const Call *call, Value *state, Diags *diags);
/* Slot `read` of the data sources. */
bool local_content_read(const Call *call, const DataReadRequest *request,
                        DataReadResponse *response, Diags *diags);
