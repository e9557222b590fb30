/* ephemeral local_sensitive_file: the content of an existing file, which is never stored. */
#include "local_content.h"
#include "local_provider.h"

/* clang-format off */
static const Attribute ephemeral_sensitive_file_attributes[] = {
    {"filename",       &TYPE_STRING, REQUIRED, "Path of the file."},
    {"content",        &TYPE_STRING, COMPUTED | SENSITIVE, "Content as text; bytes that are not UTF-8 are replaced."},
    {"content_base64", &TYPE_STRING, COMPUTED | SENSITIVE, "Content as base64."},
    {"id",             &TYPE_STRING, COMPUTED, "SHA-1 of the content, in hex."},
    LOCAL_DIGEST_ATTRIBUTES,
};
/* clang-format on */

static bool file_open(const Call *call, const OpenRequest *, OpenResponse *response, Diags *diags) {
    return local_content_load(call, &response->result, diags);
}

const EphemeralType ephemeral_local_sensitive_file = {
    .mode = MODE_EPHEMERAL,
    .name = "local_sensitive_file",
    .schema = {SCHEMA_ATTRIBUTES(ephemeral_sensitive_file_attributes),
               .description = "The content of a local file, read in every run and not stored."},
    .open = file_open,
};
