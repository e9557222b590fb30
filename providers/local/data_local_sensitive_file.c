/* data local_sensitive_file: the content of an existing file, as a sensitive value. */
#include "local_content.h"
#include "local_provider.h"

/* clang-format off */
static const Attribute data_sensitive_file_attributes[] = {
    {"filename",       &TYPE_STRING, REQUIRED, "Path of the file."},
    {"content",        &TYPE_STRING, COMPUTED | SENSITIVE, "Content as text; bytes that are not UTF-8 are replaced."},
    {"content_base64", &TYPE_STRING, COMPUTED | SENSITIVE, "Content as base64."},
    {"id",             &TYPE_STRING, COMPUTED, "SHA-1 of the content, in hex."},
    LOCAL_DIGEST_ATTRIBUTES,
};
/* clang-format on */

const DataSourceType data_local_sensitive_file = {
    .mode = MODE_DATA,
    .name = "local_sensitive_file",
    .schema = {SCHEMA_ATTRIBUTES(data_sensitive_file_attributes),
               .description = "The content of a local file, which is never shown."},
    .read = local_content_read,
};
