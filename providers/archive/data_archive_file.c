/* data archive_file: an archive created at each read of the data source. */
#include "archive_object.h"
#include "archive_provider.h"

static const Attribute attributes[] = {ARCHIVE_ATTRIBUTES(0, 0)};
static const ArgumentRule rules[] = {ARCHIVE_RULES};
static const Attribute source_attributes[] = {ARCHIVE_SOURCE_ATTRIBUTES(0)};
static const Block blocks[] = {
    {"source",
     NEST_SET,
     {SCHEMA_ATTRIBUTES(source_attributes), .description = "Text to pack."},
     0,
     0},
};

static bool data_archive_file_read(const Call *call, const DataReadRequest *request,
                                   DataReadResponse *response, Diags *diags) {
    return archive_object_make(call, request->config, &response->state, diags);
}

const DataSourceType data_archive_file = {
    .mode = MODE_DATA,
    .name = "archive_file",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), SCHEMA_RULES(rules),
               .description = "An archive of files."},
    .read = data_archive_file_read,
};
