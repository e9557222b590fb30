/* local_content: the content of a local file. */
#include "local_content.h"

#include "digest.h"
#include "path_error.h"
#include "utf8.h"

static const char *const kinds[] = {"content", "sensitive_content", "content_base64", "source"};

static bool base64_bytes(const Call *call, Value value, Str *out, Diags *diags) {
    return digest_from_base64(value_text(value), out, call->arena) ||
           path_error(call, NO_PATH, diags, "Invalid base64",
                      "The value of \"content_base64\" is not base64 in the standard alphabet with "
                      "padding. base64encode() makes such text.");
}

static bool source_bytes(const Call *call, Value value, Str *out, Diags *diags) {
    Str path = value_text(value);
    const Disk *disk = call->io->disk;
    int error = disk->read_file(disk->self, path, out, call->arena);
    return error == 0 || path_error(call, NO_PATH, diags, "Cannot read the source file",
                                    "Reading \"%.*s\": %s. Its content was to be copied.",
                                    STR_ARG(path), strerror(-error));
}

bool local_content_bytes(const Call *call, Value object, Str *out, Diags *diags) {
    Value value;
    if (value_find(object, STR("content_base64"), &value) && value_is_present(value)) {
        return base64_bytes(call, value, out, diags);
    }
    if (value_find(object, STR("source"), &value) && value_is_present(value)) {
        return source_bytes(call, value, out, diags);
    }
    *out = STR_EMPTY;
    for (size_t i = 0; i < 2; i++) {
        if (!value_find(object, str_from_cstr(kinds[i]), &value))
            continue;
        if (value_is_present(value))
            *out = value_text(value);
    }
    return true;
}

void local_content_describe(ObjectBuilder *builder, Str bytes, Arena *arena) {
    Str sha1 = digest_hex(DIGEST_SHA1, bytes, arena);
    Str sha256 = digest_bytes(DIGEST_SHA256, bytes, arena);
    Str sha512 = digest_bytes(DIGEST_SHA512, bytes, arena);
    const struct {
        const char *name;
        Str text;
    } rows[] = {
        {"id",                     sha1  },
        {       "content_md5",   digest_hex(DIGEST_MD5,  bytes, arena)},
        { "content_sha1",           sha1  },
        {      "content_sha256",    digest_to_hex(sha256, arena)},
        {       "content_base64sha256", digest_to_base64(sha256, arena)},
        {       "content_sha512",    digest_to_hex(sha512, arena)},
        {       "content_base64sha512", digest_to_base64(sha512, arena)},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        object_builder_set(builder, rows[i].name, value_from_str(rows[i].text));
    }
}

bool local_content_adopt(ObjectBuilder *builder, Str bytes, Arena *arena) {
    Value value;
    Value object = object_builder_value(builder);
    if (value_find(object, STR("content_base64"), &value) && value_is_present(value)) {
        object_builder_set(builder, "content_base64",
                           value_from_str(digest_to_base64(bytes, arena)));
        return true;
    }
    if (utf8_valid_prefix(bytes) != bytes.len)
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (!value_find(object, str_from_cstr(kinds[i]), &value))
            continue;
        if (!value_is_present(value))
            continue;
        object_builder_set_text(builder, kinds[i], bytes, arena);
        return true;
    }
    return false;
}
