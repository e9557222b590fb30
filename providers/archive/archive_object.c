/* archive_object: creates archives and describes them. */
#include "archive_object.h"

#include "archive_pack.h"
#include "digest.h"

#include <errno.h>

/* Parses a mode: "0644" and "0o644" are octal, "420" is decimal, "0x1a4" is hexadecimal. */
static bool parse_mode(Str text, uint32_t *out) {
    char digits[24], *end;
    bool is_octal = str_starts_with(text, STR("0o")) || str_starts_with(text, STR("0O"));
    Str rest = is_octal ? str_after(text, 2) : text;
    if (rest.len == 0 || rest.len >= sizeof digits || !isdigit((unsigned char)rest.ptr[0]))
        return false;
    memcpy(digits, rest.ptr, rest.len);
    digits[rest.len] = 0;
    errno = 0;
    unsigned long number = strtoul(digits, &end, is_octal ? 8 : 0);
    *out = (uint32_t)number & 0777;
    return *end == 0 && errno == 0 && number <= UINT32_MAX;
}

Str archive_object_check_mode(Value value, Arena *arena) {
    uint32_t mode;
    if (value_text(value).len == 0 || parse_mode(value_text(value), &mode))
        return STR_EMPTY;
    return str_format(arena, "\"%.*s\" is no mode of a file, such as \"0644\".",
                      STR_ARG(value_text(value)));
}

static bool fail(Diags *diags, const char *summary, Str path, int error) {
    diags_error(diags, NO_RANGE, summary, "\"%.*s\": %s.%s%s", STR_ARG(path), strerror(-error),
                *disk_way_out(error, "") ? " " : "", disk_way_out(error, ""));
    return false;
}

/* Leaves an identical archive untouched, to keep its modification time. */
static bool write_archive(const Call *call, Str path, Str bytes, Diags *diags) {
    const Disk *disk = call->io->disk;
    Str present, directory = disk_directory_of(path);
    if (disk->read_file(disk->self, path, &present, call->arena) == 0 && str_equal(present, bytes))
        return true;
    int error = directory.len ? disk->make_directories(disk->self, directory, 0755) : 0;
    if (error)
        return fail(diags, "Directory of the archive not made", directory, error);
    error = disk->write_file(disk->self, path, bytes, 0666);
    return error == 0 || fail(diags, "Archive not written", path, error);
}

typedef struct DigestRow {
    DigestKind kind;
    const char *hex;
    const char *base64;
} DigestRow;

static void set_digests(ObjectBuilder *builder, DigestRow row, Str bytes, Arena *arena) {
    Str digest = digest_bytes(row.kind, bytes, arena);
    object_builder_set(builder, row.hex, value_from_str(digest_to_hex(digest, arena)));
    object_builder_set(builder, row.base64, value_from_str(digest_to_base64(digest, arena)));
}

static Value described(const Call *call, Value arguments, Str bytes) {
    Arena *arena = call->arena;
    ObjectBuilder builder = object_builder_of(arguments, arena);
    Value sha1 = value_from_str(digest_hex(DIGEST_SHA1, bytes, arena));
    object_builder_set(&builder, "id", sha1);
    object_builder_set(&builder, "output_sha", sha1);
    object_builder_set(&builder, "output_md5",
                       value_from_str(digest_hex(DIGEST_MD5, bytes, arena)));
    DigestRow sha256 = {DIGEST_SHA256, "output_sha256", "output_base64sha256"};
    DigestRow sha512 = {DIGEST_SHA512, "output_sha512", "output_base64sha512"};
    set_digests(&builder, sha256, bytes, arena);
    set_digests(&builder, sha512, bytes, arena);
    object_builder_set(&builder, "output_size", value_int((int64_t)bytes.len));
    return object_builder_value(&builder);
}

bool archive_object_make(const Call *call, Value arguments, Value *out, Diags *diags) {
    Str type = object_text(arguments, "type", STR_EMPTY);
    Str mode = object_text(arguments, "output_file_mode", STR_EMPTY);
    ArchiveEntries entries = {0};
    ArchiveOptions options = {0};
    bool is_zip = str_equal_cstr(type, "zip");
    if (!is_zip && !str_equal_cstr(type, "tar.gz")) {
        diags_error(diags, NO_RANGE, "Archive not made",
                    "There are no archives of the type \"%.*s\"; there are \"zip\" and \"tar.gz\".",
                    STR_ARG(type));
        return false;
    }
    options.has_mode = parse_mode(mode, &options.mode);
    if (!archive_entries_collect(call, arguments, &entries, diags))
        return false;
    Str bytes = is_zip ? archive_pack_zip(&entries, &options, call->arena)
                       : archive_pack_tar_gz(&entries, &options, call->arena);
    if (!write_archive(call, object_text(arguments, "output_path", STR_EMPTY), bytes, diags))
        return false;
    *out = described(call, arguments, bytes);
    return true;
}
