/* local_lookup: reads a file's content. */
#include "local_lookup.h"

#include "base64.h"
#include "local_content.h"
#include "path_error.h"

bool local_lookup_file(const Call *call, Value *state, Diags *diags) {
    const Disk *disk = call->io->disk;
    Str path = object_text(*state, "filename", STR_EMPTY);
    Str bytes;
    int error = disk->read_file(disk->self, path, &bytes, call->arena);
    if (error)
        return path_error(call, NO_PATH, diags, "Cannot read the file", "\"%.*s\": %s.",
                          STR_ARG(path), strerror(-error));
    ObjectBuilder builder = object_builder_of(*state, call->arena);
    object_builder_set_text(&builder, "content", bytes, call->arena);
    object_builder_set(&builder, "content_base64",
                       value_from_str(base64_encode(bytes, call->arena)));
    local_content_describe(&builder, bytes, call->arena);
    *state = object_builder_value(&builder);
    return true;
}

bool local_lookup_read(const Call *call, const DataReadRequest *, DataReadResponse *response,
                       Diags *diags) {
    return local_lookup_file(call, &response->state, diags);
}
