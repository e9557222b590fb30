#include "bundle_source.h"

#include "bundle.h"
#include "str_quote.h"
#include "utf8.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define INPUT_SIZE ((size_t)65536) /* of one read of an archive */

static const char *const head_names[] = {BUNDLE_SUMS, BUNDLE_SIGNATURE, BUNDLE_MANIFEST};

struct BundleSource {
    const Disk *disk;
    Str path;
    BundleVisit *visit;
    void *payload;
    Str *problem;
    Arena *arena;
    struct archive *reader; /* NULL: a directory */
    DiskFile file;          /* the archive, or the open file of the directory */
    uint64_t at;            /* in `file`: bytes read */
    uint64_t left;          /* bytes of the entry that are not yet read */
    Map seen;
    char *piece;
    bool is_past_head;
};

static void source_release(BundleSource *source) {
    if (source->reader)
        archive_read_free(source->reader);
    if (source->file.handle)
        source->disk->close(source->disk->self, source->file);
}
SCOPED_TYPE(BundleSource, source_release);

static bool PRINTF_LIKE(2, 3) fail_source(BundleSource *source, const char *format, ...) {
    va_list args;
    va_start(args, format);
    *source->problem = str_vformat(source->arena, format, args);
    va_end(args);
    return false;
}

static bool PRINTF_LIKE(3, 4) fail_entry(BundleSource *source, Str path, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str why = str_vformat(source->arena, format, args);
    va_end(args);
    return fail_source(source, "its entry %.*s %.*s",
                       STR_ARG(str_quote(str_slice(path, 0, 200), source->arena)), STR_ARG(why));
}

static bool is_head(Str path) {
    for (size_t i = 0; i < ARRAY_COUNT(head_names); i++) {
        if (str_equal_cstr(path, head_names[i]))
            return true;
    }
    return false;
}

/* Calls the visit for one file. Returns false if the walk must end; *is_good is false after an
 * error.
 */
static bool visit_entry(BundleSource *source, Str path, uint64_t size, bool *is_good) {
    bool belongs_to_head = is_head(path);
    *is_good = false;
    if (!belongs_to_head && !bundle_path_is_valid(path))
        return fail_entry(source, path, "has an invalid path");
    if (map_has(&source->seen, path))
        return fail_entry(source, path, "occurs twice");
    if (source->seen.count > BUNDLE_FILES_MAX + ARRAY_COUNT(head_names))
        return fail_source(source, "it has more than %zu files", BUNDLE_FILES_MAX);
    if (belongs_to_head && source->is_past_head)
        return fail_entry(source, path, "comes after other files");
    if (size > (belongs_to_head ? BUNDLE_HEAD_SIZE_MAX : BUNDLE_FILE_SIZE_MAX))
        return fail_entry(source, path, "is too large");
    map_put(source->arena, &source->seen, path, source);
    source->is_past_head = !belongs_to_head;
    source->left = size;
    BundleEntry entry = {path, size, source};
    BundleNext next = source->visit(&entry, source->payload, source->problem);
    *is_good = next != BUNDLE_FAILED;
    return next == BUNDLE_CONTINUE;
}

/* Directories. */

static bool is_link(BundleSource *source, Str path) {
    Str target;
    return source->disk->read_link(source->disk->self, path, &target, source->arena) == 0;
}

static bool visit_file(BundleSource *source, Str name, bool *is_good) {
    const Disk *disk = source->disk;
    Str path = disk_join(source->path, name, source->arena);
    uint64_t size = 0;
    *is_good = false;
    if (is_link(source, path))
        return fail_entry(source, name, "is a symbolic link");
    int error = disk->open(disk->self, path, DISK_READ, 0, &source->file);
    if (!error)
        error = disk->size(disk->self, source->file, &size);
    source->at = 0;
    bool goes_on = error ? fail_entry(source, name, "cannot be read: %s", strerror(-error))
                         : visit_entry(source, name, size, is_good);
    if (source->file.handle)
        disk->close(disk->self, source->file);
    source->file = (DiskFile){0};
    return goes_on;
}

static bool visit_directory(BundleSource *source, Str name, bool *is_good);

static bool visit_listed(BundleSource *source, Str name, DiskKind kind, bool *is_good) {
    *is_good = false;
    if (kind == DISK_FILE)
        return visit_file(source, name, is_good);
    if (kind == DISK_DIRECTORY && !is_link(source, disk_join(source->path, name, source->arena)))
        return visit_directory(source, name, is_good);
    return fail_entry(source, name, "is not a file or directory");
}

static bool visit_directory(BundleSource *source, Str name, bool *is_good) {
    DiskEntries entries = {0};
    Str path = name.len ? disk_join(source->path, name, source->arena) : source->path;
    int error = source->disk->list(source->disk->self, path, &entries, source->arena);
    *is_good = !error;
    if (error)
        return fail_entry(source, name, "cannot be read: %s", strerror(-error));
    vec_each(&entries, entry) {
        Str child = name.len ? disk_join(name, entry->name, source->arena) : entry->name;
        if (!is_head(child) && !visit_listed(source, child, entry->kind, is_good))
            return false;
    }
    return true;
}

static bool source_walk_directory(BundleSource *source) {
    bool is_good = true;
    for (size_t i = 0; i < ARRAY_COUNT(head_names); i++) {
        Str name = str_from_cstr(head_names[i]);
        Str path = disk_join(source->path, name, source->arena);
        if (disk_exists(source->disk, path) && !visit_file(source, name, &is_good))
            return is_good;
    }
    (void)visit_directory(source, STR_EMPTY, &is_good);
    return is_good;
}

/* Archives. */

static la_ssize_t source_read_input(struct archive *reader, void *payload, const void **bytes) {
    BundleSource *source = payload;
    size_t got = 0;
    int error = source->disk->read(source->disk->self, source->file, source->at, source->piece,
                                   INPUT_SIZE, &got);
    if (error) {
        archive_set_error(reader, -error, "%s", strerror(-error));
        return ARCHIVE_FATAL;
    }
    source->at += got;
    *bytes = source->piece;
    return (la_ssize_t)got;
}

static bool fail_archive(BundleSource *source) {
    const char *text = archive_error_string(source->reader);
    Str clean =
        utf8_strip_controls(str_from_cstr(text ? text : "it cannot be read"), source->arena);
    return fail_source(source, "it is not a .tar.zst archive that loam can read (%.*s)",
                       STR_ARG(clean));
}

static bool visit_archived(BundleSource *source, struct archive_entry *entry, bool *is_good) {
    const char *text = archive_entry_pathname(entry);
    Str path = str_clone(str_from_cstr(text), source->arena);
    *is_good = false;
    if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
        return fail_entry(source, path, "is a link");
    if (archive_entry_filetype(entry) == AE_IFDIR) {
        *is_good = true;
        return true;
    }
    if (archive_entry_filetype(entry) != AE_IFREG || !archive_entry_size_is_set(entry) ||
        archive_entry_size(entry) < 0)
        return fail_entry(source, path, "is not a file or directory");
    return visit_entry(source, path, (uint64_t)archive_entry_size(entry), is_good);
}

static bool walk_archive(BundleSource *source) {
    source->reader = archive_read_new();
    archive_read_support_filter_zstd(source->reader);
    archive_read_support_format_tar(source->reader);
    archive_read_set_read_callback(source->reader, source_read_input);
    archive_read_set_callback_data(source->reader, source);
    if (archive_read_open1(source->reader) != ARCHIVE_OK)
        return fail_archive(source);
    for (;;) {
        struct archive_entry *entry;
        bool is_good;
        int status = archive_read_next_header(source->reader, &entry);
        if (status == ARCHIVE_EOF)
            return true;
        if (status != ARCHIVE_OK)
            return fail_archive(source);
        if (!visit_archived(source, entry, &is_good))
            return is_good;
    }
}

static bool read_archive_entry(BundleSource *source, char *out, size_t size, size_t *got) {
    la_ssize_t count = archive_read_data(source->reader, out, size);
    *got = count < 0 ? 0 : (size_t)count;
    return count >= 0 || fail_archive(source);
}

static bool read_file_entry(BundleSource *source, char *out, size_t size, size_t *got) {
    const Disk *disk = source->disk;
    int error = disk->read(disk->self, source->file, source->at, out, size, got);
    source->at += *got;
    return !error || fail_source(source, "it cannot be read: %s", strerror(-error));
}

bool bundle_source_read(const BundleEntry *entry, char *out, size_t size, size_t *got,
                        Str *problem) {
    BundleSource *source = entry->source;
    source->problem = problem;
    bool is_read = source->reader ? read_archive_entry(source, out, size, got)
                                  : read_file_entry(source, out, size, got);
    if (!is_read)
        return false;
    if (*got > source->left || (*got == 0 && source->left > 0))
        return fail_entry(source, entry->path, "does not have the size that it claims");
    source->left -= *got;
    return true;
}

bool bundle_source_each(const Disk *disk, Str path, BundleVisit *visit, void *payload, Str *problem,
                        Arena *arena) {
    DiskStat stat;
    SCOPED(BundleSource)
    source = {.disk = disk,
              .path = path,
              .visit = visit,
              .payload = payload,
              .problem = problem,
              .arena = arena,
              .piece = arena_alloc(arena, INPUT_SIZE)};
    int error = disk->stat(disk->self, path, &stat);
    if (!error && stat.kind == DISK_DIRECTORY)
        return source_walk_directory(&source);
    if (!error && stat.kind != DISK_FILE)
        return fail_source(&source, "it is not a file or directory");
    if (!error)
        error = disk->open(disk->self, path, DISK_READ, 0, &source.file);
    return error ? fail_source(&source, "it cannot be read: %s", strerror(-error))
                 : walk_archive(&source);
}
