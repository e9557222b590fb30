/* data archive_file: an archive created at each read of the data source. */
#include "archive_object.h"
#include "archive_provider.h"

static const Attribute data_file_attributes[] = {ARCHIVE_ATTRIBUTES(0, 0)};
static const ArgumentRule data_file_rules[] = {ARCHIVE_RULES};
static const Attribute data_file_source_attributes[] = {ARCHIVE_SOURCE_ATTRIBUTES(0)};
static const Block data_file_blocks[] = {
    {"source",
     NEST_SET,
     {SCHEMA_ATTRIBUTES(data_file_source_attributes), .description = "Text to pack."},
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
    .schema = {SCHEMA_ATTRIBUTES(data_file_attributes), SCHEMA_BLOCKS(data_file_blocks),
               SCHEMA_RULES(data_file_rules), .description = "An archive of files."},
    .read = data_archive_file_read,
};
