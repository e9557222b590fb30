/* archive_file: an archive created with the object and updated by each refresh. A deletion leaves
 * the archive on disk. */
#include "archive_object.h"
#include "archive_provider.h"

static const Attribute file_attributes[] = {ARCHIVE_ATTRIBUTES(FORCES_NEW, CHANGES_ON_UPDATE)};
static const ArgumentRule file_rules[] = {ARCHIVE_RULES};
static const Attribute file_source_attributes[] = {ARCHIVE_SOURCE_ATTRIBUTES(FORCES_NEW)};
static const Block file_blocks[] = {
    {"source",
     NEST_SET,
     {SCHEMA_ATTRIBUTES(file_source_attributes), .description = "Text to pack."},
     0,
     0},
};

static bool archive_file_apply(const Call *call, const ApplyRequest *request,
                               ApplyResponse *response, Diags *diags) {
    return archive_object_make(call, request->planned, &response->state, diags);
}

/* A read updates the archive from its sources, so that dependents are planned with its new
 * digests. */
static bool archive_file_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                              Diags *diags) {
    return archive_object_make(call, request->state, &response->state, diags);
}

const ResourceType archive_file = {
    .name = "archive_file",
    .schema = {SCHEMA_ATTRIBUTES(file_attributes), SCHEMA_BLOCKS(file_blocks),
               SCHEMA_RULES(file_rules), .description = "An archive of files."},
    .recovery = RECOVERY_REPEATS,
    .create = archive_file_apply,
    .update = archive_file_apply,
    .read = archive_file_read,
};
