#include "local_content.h"
#include "base64.h"
#include "digest.h"
#include "hex.h"
#include "path_error.h"

void local_content_describe(ObjectBuilder *builder, Str bytes, Arena *arena) {
    Str sha1 = digest_hex(DIGEST_SHA1, bytes, arena);
    Str sha256 = digest_bytes(DIGEST_SHA256, bytes, arena);
    Str sha512 = digest_bytes(DIGEST_SHA512, bytes, arena);
    const struct {
        const char *name;
        Str text;
    } rows[] = {
        {"id", sha1},
        {"content_md5", digest_hex(DIGEST_MD5, bytes, arena)},
        {"content_sha1", sha1},
        {"content_sha256", hex_encode(sha256, arena)},
        {"content_base64sha256", base64_encode(sha256, arena)},
        {"content_sha512", hex_encode(sha512, arena)},
        {"content_base64sha512", base64_encode(sha512, arena)},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        object_builder_set(builder, rows[i].name, value_from_str(rows[i].text));
    }
}

bool local_content_load(const Call *call, Value *state, Diags *diags) {
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

bool local_content_read(const Call *call, const DataReadRequest *, DataReadResponse *response,
                        Diags *diags) {
    return local_content_load(call, &response->state, diags);
}
