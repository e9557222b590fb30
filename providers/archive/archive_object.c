#include "archive_object.h"

#include "archive_pack.h"
#include "base64.h"
#include "digest.h"
#include "glob.h"
#include "hex.h"
#include "log.h"
#include "object_builder.h"

#include <errno.h>

#define DEPTH_MAX 256 /* symbolic links may form a cycle */

typedef struct Walk {
    const Call *call;
    Value excludes;
    bool skips_linked_directories;
    Str output; /* the archive, which must not contain its previous version */
    ArchiveEntries *out;
    Diags *diags;
} Walk;

static bool entry_error(Diags *diags, Str path, int error) {
    return diags_fail(diags, NO_RANGE, "Archive not created", "\"%.*s\": %s.", STR_ARG(path),
                      strerror(-error));
}

static bool object_is_excluded(const Walk *walk, Str name) {
    for (size_t i = 0; value_is_present(walk->excludes) && i < walk->excludes.count; i++) {
        Value pattern = value_at(walk->excludes, i);
        if (value_is_present(pattern) && value_text(pattern).len > 0 &&
            glob_matches(value_text(pattern), name)) {
            log_debug("archive excludes", log_text("name", name),
                      log_text("pattern", value_text(pattern)));
            return true;
        }
    }
    return false;
}

static bool object_add_file(const Walk *walk, Str path, Str name, const DiskStat *stat) {
    const Disk *disk = walk->call->io->disk;
    ArchiveEntry entry = {.name = name, .mode = stat->mode & 0777, .is_file = true};
    int error = disk->read_file(disk->self, path, &entry.bytes, walk->call->arena);
    if (error)
        return entry_error(walk->diags, path, error);
    vec_push(walk->call->arena, walk->out, entry);
    return true;
}

static bool object_walk_directory(const Walk *walk, Str path, Str name, unsigned depth);

static bool walk_path(const Walk *walk, Str path, Str name, unsigned depth) {
    const Disk *disk = walk->call->io->disk;
    DiskStat stat;
    Str target;
    if (object_is_excluded(walk, name) || str_equal(path, walk->output))
        return true;
    int error = disk->stat(disk->self, path, &stat);
    if (error)
        return entry_error(walk->diags, path, error);
    if (stat.kind == DISK_FILE)
        return object_add_file(walk, path, name, &stat);
    if (stat.kind != DISK_DIRECTORY)
        return entry_error(walk->diags, path, -EINVAL);
    bool is_link = disk->read_link(disk->self, path, &target, walk->call->arena) == 0;
    return (is_link && walk->skips_linked_directories) ||
           object_walk_directory(walk, path, name, depth + 1);
}

static bool object_walk_directory(const Walk *walk, Str path, Str name, unsigned depth) {
    const Disk *disk = walk->call->io->disk;
    Arena *arena = walk->call->arena;
    DiskEntries entries = {0};
    if (depth > DEPTH_MAX)
        return entry_error(walk->diags, path, -ELOOP);
    int error = disk->list(disk->self, path, &entries, arena);
    if (error)
        return entry_error(walk->diags, path, error);
    vec_each(&entries, entry) {
        Str below = name.len > 0 ? disk_join(name, entry->name, arena) : entry->name;
        if (!walk_path(walk, disk_join(path, entry->name, arena), below, depth))
            return false;
    }
    return true;
}

static bool collect_directory(const Call *call, Value arguments, ArchiveEntries *out,
                              Diags *diags) {
    Walk walk = {
        .call = call,
        .excludes = object_attribute(arguments, "excludes"),
        .skips_linked_directories = object_bool(arguments, "exclude_symlink_directories", false),
        .output = disk_clean(object_text(arguments, "output_path", STR_EMPTY), call->arena),
        .out = out,
        .diags = diags,
    };
    Str path = disk_clean(object_text(arguments, "source_dir", STR_EMPTY), call->arena);
    if (!object_is_excluded(&walk, STR(".")) && !object_walk_directory(&walk, path, STR_EMPTY, 0))
        return false;
    return out->count > 0 ||
           diags_fail(diags, NO_RANGE, "Archive not created",
                      "The archive would be empty: \"excludes\" matches all files of \"%.*s\".",
                      STR_ARG(path));
}

static bool collect_file(const Call *call, Value arguments, ArchiveEntries *out, Diags *diags) {
    const Disk *disk = call->io->disk;
    Walk walk = {.call = call, .out = out, .diags = diags};
    DiskStat stat;
    Str path = object_text(arguments, "source_file", STR_EMPTY);
    int error = disk->stat(disk->self, path, &stat);
    if (error)
        return entry_error(diags, path, error);
    return object_add_file(&walk, path, disk_name_of(path), &stat);
}

static int object_compare_names(const void *a, const void *b) {
    return str_compare(((const ArchiveEntry *)a)->name, ((const ArchiveEntry *)b)->name);
}

/* Adds texts, sorted by name; the last one of a name wins. */
static void object_collect_texts(const Call *call, Value sources, ArchiveEntries *out) {
    for (size_t i = 0; i < sources.count; i++) {
        ArchiveEntry entry = {
            .name = object_text(value_at(sources, i), "filename", STR_EMPTY),
            .bytes = object_text(value_at(sources, i), "content", STR_EMPTY),
        };
        bool is_again = false;
        vec_each(out, other) {
            if (!str_equal(other->name, entry.name))
                continue;
            *other = entry;
            is_again = true;
        }
        if (!is_again)
            vec_push(call->arena, out, entry);
    }
    if (out->count > 0)
        qsort(out->items, out->count, sizeof *out->items, object_compare_names);
}

/* Collects the files that the arguments of archive_file name; adds an error on failure. Entries of
 * a directory are sorted by name; the files of a subdirectory take its position. */
static bool collect_entries(const Call *call, Value arguments, ArchiveEntries *out, Diags *diags) {
    if (object_has(arguments, "source_dir"))
        return collect_directory(call, arguments, out, diags);
    if (object_has(arguments, "source_file"))
        return collect_file(call, arguments, out, diags);
    if (object_has(arguments, "source_content_filename")) {
        ArchiveEntry entry = {
            .name = object_text(arguments, "source_content_filename", STR_EMPTY),
            .bytes = object_text(arguments, "source_content", STR_EMPTY),
        };
        vec_push(call->arena, out, entry);
    } else if (object_has(arguments, "source")) {
        object_collect_texts(call, object_attribute(arguments, "source"), out);
    }
    return true;
}

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
    return str_format(arena, "\"%.*s\" is not a file mode such as \"0644\".",
                      STR_ARG(value_text(value)));
}

static bool object_fail(Diags *diags, const char *summary, Str path, int error) {
    return diags_fail(diags, NO_RANGE, summary, "\"%.*s\": %s.%s%s", STR_ARG(path),
                      strerror(-error), *disk_hint(error, "") ? " " : "", disk_hint(error, ""));
}

/* Leaves an identical archive untouched, to keep its modification time. */
static bool write_archive(const Call *call, Str path, Str bytes, Diags *diags) {
    const Disk *disk = call->io->disk;
    Str present, directory = disk_directory_of(path);
    if (disk->read_file(disk->self, path, &present, call->arena) == 0 && str_equal(present, bytes))
        return true;
    int error = directory.len ? disk->make_directories(disk->self, directory, 0755) : 0;
    if (error)
        return object_fail(diags, "Archive directory not created", directory, error);
    error = disk->write_file(disk->self, path, bytes, 0666);
    return error == 0 || object_fail(diags, "Archive not written", path, error);
}

typedef struct DigestRow {
    DigestKind kind;
    const char *hex;
    const char *base64;
} DigestRow;

static void set_digests(ObjectBuilder *builder, DigestRow row, Str bytes, Arena *arena) {
    Str digest = digest_bytes(row.kind, bytes, arena);
    object_builder_set(builder, row.hex, value_from_str(hex_encode(digest, arena)));
    object_builder_set(builder, row.base64, value_from_str(base64_encode(digest, arena)));
}

static Value object_described(const Call *call, Value arguments, Str bytes) {
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
    ArchiveOptions options = {.is_zip = str_equal_cstr(type, "zip")};
    if (!options.is_zip && !str_equal_cstr(type, "tar.gz"))
        return diags_fail(diags, NO_RANGE, "Archive not created",
                          "The archive type \"%.*s\" is not supported; use \"zip\" or \"tar.gz\".",
                          STR_ARG(type));
    options.has_mode = parse_mode(mode, &options.mode);
    if (!collect_entries(call, arguments, &entries, diags))
        return false;
    log_debug("archive", log_text("type", type), log_number("entries", (int64_t)entries.count),
              log_number("has_mode", options.has_mode), log_number("mode", options.mode));
    Str bytes = archive_pack(&entries, &options, call->arena);
    if (!write_archive(call, object_text(arguments, "output_path", STR_EMPTY), bytes, diags))
        return false;
    *out = object_described(call, arguments, bytes);
    return true;
}
