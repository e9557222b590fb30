#include "bundle_source.h"

#include "bundle.h"
#include "problem.h"
#include "str_quote.h"
#include "tar.h"

static const char *const head_names[] = {BUNDLE_SUMS, BUNDLE_SIGNATURE, BUNDLE_MANIFEST};

struct BundleSource {
    const Disk *disk;
    Str path;
    BundleVisit *visit;
    void *payload;
    Str *problem;
    Arena *arena;
    const TarEntry *archived; /* the entry of an archive; NULL: a directory */
    DiskFile file;            /* the open file of a directory */
    uint64_t at;              /* in `file`: bytes read */
    uint64_t left;            /* bytes of the entry that are not yet read */
    Map seen;
    bool is_past_head;
};

static bool PRINTF_LIKE(3, 4) fail_entry(BundleSource *source, Str path, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str why = str_vformat(source->arena, format, args);
    va_end(args);
    return problem_set(source->problem, source->arena, "its entry %.*s %.*s",
                       STR_ARG(str_quote(str_slice(path, 0, 200), source->arena)), STR_ARG(why));
}

static bool is_head(Str path) {
    for (size_t i = 0; i < ARRAY_COUNT(head_names); i++) {
        if (str_equal_cstr(path, head_names[i]))
            return true;
    }
    return false;
}

static BundleNext visit_entry(BundleSource *source, Str path, uint64_t size) {
    bool belongs_to_head = is_head(path);
    if (!belongs_to_head && !bundle_path_is_valid(path))
        return fail_entry(source, path, "has an invalid path");
    if (map_has(&source->seen, path))
        return fail_entry(source, path, "occurs twice");
    if (source->seen.count > BUNDLE_FILES_MAX + ARRAY_COUNT(head_names))
        return problem_set(source->problem, source->arena, "it has more than %zu files",
                           BUNDLE_FILES_MAX);
    if (belongs_to_head && source->is_past_head)
        return fail_entry(source, path, "comes after other files");
    if (size > (belongs_to_head ? BUNDLE_HEAD_SIZE_MAX : BUNDLE_FILE_SIZE_MAX))
        return fail_entry(source, path, "is too large");
    map_put(source->arena, &source->seen, path, source);
    source->is_past_head = !belongs_to_head;
    source->left = size;
    BundleEntry entry = {path, size, source};
    return source->visit(&entry, source->payload, source->problem);
}

/* Directories. */

static bool is_link(BundleSource *source, Str path) {
    Str target;
    return source->disk->read_link(source->disk->self, path, &target, source->arena) == 0;
}

static BundleNext visit_file(BundleSource *source, Str name) {
    const Disk *disk = source->disk;
    Str path = disk_join(source->path, name, source->arena);
    uint64_t size = 0;
    if (is_link(source, path))
        return fail_entry(source, name, "is a symbolic link");
    int error = disk->open(disk->self, path, DISK_READ, 0, &source->file);
    if (!error)
        error = disk->size(disk->self, source->file, &size);
    source->at = 0;
    BundleNext next = error ? fail_entry(source, name, "cannot be read: %s", strerror(-error))
                            : visit_entry(source, name, size);
    if (source->file.handle)
        disk->close(disk->self, source->file);
    source->file = (DiskFile){0};
    return next;
}

static BundleNext visit_directory(BundleSource *source, Str name);

static BundleNext visit_listed(BundleSource *source, Str name, DiskKind kind) {
    if (kind == DISK_FILE)
        return visit_file(source, name);
    if (kind == DISK_DIRECTORY && !is_link(source, disk_join(source->path, name, source->arena)))
        return visit_directory(source, name);
    return fail_entry(source, name, "is not a file or directory");
}

static BundleNext visit_directory(BundleSource *source, Str name) {
    DiskEntries entries = {0};
    Str path = name.len ? disk_join(source->path, name, source->arena) : source->path;
    int error = source->disk->list(source->disk->self, path, &entries, source->arena);
    BundleNext next = BUNDLE_CONTINUE;
    if (error)
        return fail_entry(source, name, "cannot be read: %s", strerror(-error));
    for (size_t i = 0; i < entries.count && next == BUNDLE_CONTINUE; i++) {
        const DiskEntry *entry = &entries.items[i];
        Str child = name.len ? disk_join(name, entry->name, source->arena) : entry->name;
        if (!is_head(child))
            next = visit_listed(source, child, entry->kind);
    }
    return next;
}

static bool source_walk_directory(BundleSource *source) {
    BundleNext next = BUNDLE_CONTINUE;
    for (size_t i = 0; i < ARRAY_COUNT(head_names) && next == BUNDLE_CONTINUE; i++) {
        Str name = str_from_cstr(head_names[i]);
        if (disk_exists(source->disk, disk_join(source->path, name, source->arena)))
            next = visit_file(source, name);
    }
    if (next == BUNDLE_CONTINUE)
        next = visit_directory(source, STR_EMPTY);
    return next != BUNDLE_FAILED;
}

/* Archives. */

static TarNext visit_archived(const TarEntry *entry, void *payload, Str *) {
    BundleSource *source = payload;
    BundleNext next = BUNDLE_CONTINUE;
    source->archived = entry;
    switch (entry->kind) {
    case TAR_DIRECTORY: break;
    case TAR_FILE: next = visit_entry(source, entry->path, entry->size); break;
    case TAR_LINK: next = fail_entry(source, entry->path, "is a link"); break;
    case TAR_OTHER: next = fail_entry(source, entry->path, "is not a file or directory"); break;
    }
    return next == BUNDLE_FAILED ? TAR_FAILED : next == BUNDLE_STOP ? TAR_STOP : TAR_CONTINUE;
}

static bool read_file_entry(BundleSource *source, char *out, size_t size, size_t *got) {
    const Disk *disk = source->disk;
    int error = disk->read(disk->self, source->file, source->at, out, size, got);
    source->at += *got;
    return !error ||
           problem_set(source->problem, source->arena, "it cannot be read: %s", strerror(-error));
}

bool bundle_source_read(const BundleEntry *entry, char *out, size_t size, size_t *got,
                        Str *problem) {
    BundleSource *source = entry->source;
    source->problem = problem;
    bool is_read = source->archived ? tar_entry_read(source->archived, out, size, got, problem)
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
    BundleSource source = {.disk = disk,
                           .path = path,
                           .visit = visit,
                           .payload = payload,
                           .problem = problem,
                           .arena = arena};
    int error = disk->stat(disk->self, path, &stat);
    if (!error && stat.kind == DISK_DIRECTORY)
        return source_walk_directory(&source);
    if (!error && stat.kind != DISK_FILE)
        return problem_set(problem, arena, "it is not a file or directory");
    return error ? problem_set(problem, arena, "it cannot be read: %s", strerror(-error))
                 : tar_each_entry(disk, path, visit_archived, &source, problem, arena);
}
