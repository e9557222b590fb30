/* local_place: writes files completely or not at all, reads and removes them. */
#include "local_place.h"

#include "base64.h"
#include "digest.h"
#include "local_content.h"
#include "log.h"
#include "path_error.h"
#include "utf8.h"

#include <errno.h>

static const char *const text_names[] = {"content", "sensitive_content"};

static bool place_base64_bytes(const Call *call, Value value, Str *out, Diags *diags) {
    return base64_decode(value_text(value), out, call->arena) ||
           path_error(call, NO_PATH, diags, "Invalid base64",
                      "The value of \"content_base64\" must be base64 in the standard alphabet "
                      "with padding, as base64encode() produces it.");
}

static bool source_bytes(const Call *call, Value value, Str *out, Diags *diags) {
    Str path = value_text(value);
    const Disk *disk = call->io->disk;
    int error = disk->read_file(disk->self, path, out, call->arena);
    return error == 0 || path_error(call, NO_PATH, diags, "Cannot read the source file",
                                    "Reading the source file \"%.*s\" failed: %s.", STR_ARG(path),
                                    strerror(-error));
}

/* Sets *out to the intended bytes; reads `source` from disk. */
static bool content_bytes(const Call *call, Value object, Str *out, Diags *diags) {
    Value value;
    if (value_find(object, STR("content_base64"), &value) && value_is_present(value)) {
        return place_base64_bytes(call, value, out, diags);
    }
    if (value_find(object, STR("source"), &value) && value_is_present(value)) {
        return source_bytes(call, value, out, diags);
    }
    *out = STR_EMPTY;
    for (size_t i = 0; i < ARRAY_COUNT(text_names); i++) {
        if (!value_find(object, str_from_cstr(text_names[i]), &value))
            continue;
        if (value_is_present(value))
            *out = value_text(value);
    }
    return true;
}

/* Sets the object's content attribute to bytes found on disk. Returns false if it cannot represent
 * them: for a source, or for text that is not UTF-8. */
static bool adopt_content(ObjectBuilder *builder, Str bytes, Arena *arena) {
    Value value;
    Value object = object_builder_value(builder);
    if (value_find(object, STR("content_base64"), &value) && value_is_present(value)) {
        object_builder_set(builder, "content_base64", value_from_str(base64_encode(bytes, arena)));
        return true;
    }
    if (utf8_valid_prefix(bytes) != bytes.len)
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(text_names); i++) {
        if (!value_find(object, str_from_cstr(text_names[i]), &value))
            continue;
        if (!value_is_present(value))
            continue;
        object_builder_set_text(builder, text_names[i], bytes, arena);
        return true;
    }
    return false;
}

#define PERMISSION_BITS 07777u

Str local_place_check_permission(Value value, Arena *arena) {
    uint32_t mode;
    Str text = value_text(value);
    if (text.len >= 3 && text.len <= 4 && str_octal_to_uint32(text, &mode))
        return STR_EMPTY;
    return str_format(
        arena,
        "\"%.*s\" is not a valid permission. Use three or four octal digits, such as \"0644\".",
        STR_ARG(text));
}

static uint32_t permission(Value object, const char *name) {
    uint32_t mode;
    return str_octal_to_uint32(object_text(object, name, STR_EMPTY), &mode) ? mode : 0777;
}

static void file_error(Diags *diags, const char *summary, Str path, int error) {
    const char *hint = "";
    if (error == -EACCES || error == -EPERM) {
        hint = " The user that runs loam does not have permission; check the directory's owner and "
               "mode.";
    } else if (error == -ENOSPC || error == -EDQUOT) {
        hint = " Free some space on that file system.";
    } else if (error == -EISDIR) {
        hint = " The path is an existing directory; \"filename\" must be the path of a file.";
    }
    diags_error(diags, NO_RANGE, summary, "\"%.*s\": %s.%s", STR_ARG(path), strerror(-error), hint);
}

/* hashicorp/local reads private data only as an object of base64 texts that contain JSON. */
static Str private_mode(uint32_t mode, Arena *arena) {
    Str text = str_format(arena, "\"%04o\"", mode);
    return str_format(arena, "{\"mode\":\"%.*s\"}", STR_ARG(base64_encode(text, arena)));
}

/* Returns private data with the file's actual mode, to detect drift later; empty if unknown. */
static Str remember_mode(const Call *call, Str path) {
    const Disk *disk = call->io->disk;
    DiskStat stat;
    if (disk->stat(disk->self, path, &stat) != 0)
        return STR_EMPTY;
    return private_mode(stat.mode & PERMISSION_BITS, call->arena);
}

/* Accepts the digits without base64, too: older versions wrote {"mode":"0755"}. */
static bool remembered_mode(const Call *call, Str private_data, uint32_t *out) {
    static const Str key = STR_CONST("\"mode\":\"");
    size_t at = str_find(private_data, key, 0);
    if (at == SIZE_MAX)
        return false;
    Str rest = str_after(private_data, at + key.len);
    Str text = STR_EMPTY, decoded;
    (void)str_next_field(&rest, '"', &text);
    if (base64_decode(text, &decoded, call->arena) && decoded.len == 6)
        text = str_slice(decoded, 1, 5);
    return str_octal_to_uint32(text, out);
}

/* Returns whether the content of the source has changed, which the configuration alone does not
 * show; false if the source cannot be read. */
static bool source_changed(const Call *call, const PlanRequest *request) {
    Str source = object_text(request->proposed, "source", STR_EMPTY);
    if (source.len == 0 || value_is_null(request->prior))
        return false;
    Value before = object_attribute(request->prior, "source");
    if (!value_is_present(before))
        return false;
    const Disk *disk = call->io->disk;
    Str bytes;
    if (disk->read_file(disk->self, source, &bytes, call->arena) != 0)
        return false;
    Str sha1 = digest_hex(DIGEST_SHA1, bytes, call->arena);
    bool is_same = str_equal(sha1, object_text(request->prior, "id", STR_EMPTY));
    log_debug("source compared", log_text("path", source), log_number("same", is_same));
    return !is_same;
}

bool local_place_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *) {
    if (!source_changed(call, request))
        return true;
    response->planned =
        object_with(response->planned, "content_sha256", value_unknown(&TYPE_STRING), call->arena);
    Path path = path_attribute((Path){0}, STR("content_sha256"), call->arena);
    if (!paths_has(&response->requires_replace, path)) {
        vec_push(call->arena, &response->requires_replace, path);
    }
    plan_note(response, path, STR("the content of the source file changed"), call->arena);
    return true;
}

bool local_place_marker(const Call *, const MarkerRequest *request, MarkerResponse *response,
                        Diags *) {
    Value planned = request->planned;
    response->marker = object_text(planned, "filename", STR_EMPTY);
    return true;
}

static bool place_write_whole(const Call *call, Value object, Str bytes, Diags *diags) {
    const Disk *disk = call->io->disk;
    Str path = object_text(object, "filename", STR_EMPTY);
    Str directory = disk_directory_of(path);
    uint32_t directory_mode = permission(object, "directory_permission");
    int error = directory.len ? disk->make_directories(disk->self, directory, directory_mode) : 0;
    if (error) {
        file_error(diags, "Cannot create the file's directory", directory, error);
        return false;
    }
    error = disk->write_file(disk->self, path, bytes, permission(object, "file_permission"));
    if (error)
        file_error(diags, "Cannot write the file", path, error);
    return error == 0;
}

static Value place_described(const Call *call, Value object, Str bytes) {
    ObjectBuilder builder = object_builder_of(object, call->arena);
    local_content_describe(&builder, bytes, call->arena);
    return object_builder_value(&builder);
}

bool local_place_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    Str bytes;
    if (!content_bytes(call, request->planned, &bytes, diags))
        return false;
    if (!place_write_whole(call, request->planned, bytes, diags))
        return false;
    response->state = place_described(call, request->planned, bytes);
    response->private_data =
        remember_mode(call, object_text(request->planned, "filename", STR_EMPTY));
    return true;
}

bool local_place_update(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    const Disk *disk = call->io->disk;
    Str path = object_text(request->planned, "filename", STR_EMPTY);
    Str bytes;
    /* The file is read and written again, since a chmod would not apply the umask as its creation
     * did. */
    int error = disk->read_file(disk->self, path, &bytes, call->arena);
    if (error) {
        file_error(diags, "Cannot change the file's permissions", path, error);
        return false;
    }
    if (!place_write_whole(call, request->planned, bytes, diags))
        return false;
    response->state = place_described(call, request->planned, bytes);
    response->private_data = remember_mode(call, path);
    return true;
}

bool local_place_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                        Diags *diags) {
    const Disk *disk = call->io->disk;
    Str path = object_text(request->prior, "filename", STR_EMPTY);
    int error = disk->remove(disk->self, path);
    if (error == 0 || error == -ENOENT || error == -ENOTDIR)
        return true;
    file_error(diags, "Cannot delete the file", path, error);
    return false;
}

/* Returns the object with its drift; null if only a new file can correct the drift. */
static Value place_drifted(const Call *call, Value state, Str bytes) {
    ObjectBuilder builder = object_builder_of(state, call->arena);
    if (!adopt_content(&builder, bytes, call->arena))
        return value_null(state.type);
    local_content_describe(&builder, bytes, call->arena);
    return object_builder_value(&builder);
}

static Value with_found_mode(const Call *call, Value state, uint32_t found) {
    Str text = str_format(call->arena, "%04o", found);
    return object_with(state, "file_permission", value_from_str(text), call->arena);
}

bool local_place_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                      Diags *diags) {
    Value *state = &response->state;
    const Disk *disk = call->io->disk;
    Str path = object_text(*state, "filename", STR_EMPTY);
    DiskStat stat;
    Str bytes;
    int error = disk->stat(disk->self, path, &stat);
    if (error == 0 && stat.kind != DISK_FILE)
        error = -ENOENT;
    if (error == 0)
        error = disk->read_file(disk->self, path, &bytes, call->arena);
    if (error == -ENOENT || error == -ENOTDIR) {
        *state = value_null((*state).type);
        return true;
    }
    if (error) {
        file_error(diags, "Cannot read the file", path, error);
        return false;
    }
    Str sha1 = digest_hex(DIGEST_SHA1, bytes, call->arena);
    bool is_same = str_equal(sha1, object_text(*state, "id", STR_EMPTY));
    log_debug("file compared", log_text("path", path), log_number("same", is_same),
              log_number("mode", stat.mode & PERMISSION_BITS));
    if (!is_same) {
        *state = place_drifted(call, *state, bytes);
    }
    uint32_t found = stat.mode & PERMISSION_BITS, expected;
    if (value_is_null(*state) || !remembered_mode(call, request->private_data, &expected))
        return true;
    response->private_data = private_mode(expected, call->arena);
    if (found != expected)
        *state = with_found_mode(call, *state, found);
    return true;
}

bool local_place_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                         Diags *diags) {
    RecoverOutcome *outcome = &response->outcome;
    Value *state = &response->state;
    const Disk *disk = call->io->disk;
    Str wanted, found;
    (void)disk->remove(disk->self, disk_temporary_of(request->marker, call->arena));
    int error = disk->read_file(disk->self, request->marker, &found, call->arena);
    if (error == -ENOENT || error == -ENOTDIR)
        return true;
    if (error) {
        file_error(diags, "Cannot read the file", request->marker, error);
        return false;
    }
    if (!content_bytes(call, request->planned, &wanted, diags))
        return false;
    /* A file of other content is the one from before: the interrupted run did not write, because a
     * new file appears by a rename, complete or not at all. */
    if (!str_equal(wanted, found))
        return true;
    *state = place_described(call, request->planned, found);
    response->private_data = remember_mode(call, request->marker);
    *outcome = RECOVER_COMPLETE;
    return true;
}
