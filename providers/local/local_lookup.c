/* Looking a file's content up. */
#include "local_lookup.h"

#include "digest.h"
#include "local_content.h"

bool local_lookup_read(const Call *call, Value *state, Str *private_data, Diags *diags) {
    (void)private_data;
    const Disk *disk = call->io->disk;
    Str path = draft_text(*state, "filename", STR_EMPTY);
    Str bytes;
    int error = disk->read_file(disk->self, path, &bytes, call->arena);
    if (error) {
        Diag *diag = diags_error(diags, NO_RANGE, "Cannot read the file", "\"%.*s\": %s.",
                                 STR_ARG(path), strerror(-error));
        diag->path = STR(".filename");
        return false;
    }
    Draft draft = draft_of(*state, call->arena);
    draft_set_text(&draft, "content", bytes, call->arena);
    draft_set(&draft, "content_base64", value_from_str(digest_to_base64(bytes, call->arena)));
    local_content_describe(&draft, bytes, call->arena);
    *state = draft_value(&draft);
    return true;
}
