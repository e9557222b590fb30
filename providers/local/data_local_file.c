/* data local_file: the content of an existing file. */
#include "local_content.h"
#include "local_provider.h"

static const Attribute data_file_attributes[] = {
    {"filename", &TYPE_STRING, REQUIRED, "Path of the file."},
    {"content", &TYPE_STRING, COMPUTED, "Content as text; bytes that are not UTF-8 are replaced."},
    {"content_base64", &TYPE_STRING, COMPUTED, "Content as base64."},
    {"id", &TYPE_STRING, COMPUTED, "SHA-1 of the content, in hex."},
    LOCAL_DIGEST_ATTRIBUTES,
};

const DataSourceType data_local_file = {
    .mode = MODE_DATA,
    .name = "local_file",
    .schema = {SCHEMA_ATTRIBUTES(data_file_attributes),
               .description = "The content of a local file."},
    .read = local_content_read,
};
