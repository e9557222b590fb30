/* archive_entries: selects the files of an archive. */
#include "archive_entries.h"

#include "glob.h"
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

static bool fail(Diags *diags, Str path, int error) {
    diags_error(diags, NO_RANGE, "Archive not made", "\"%.*s\": %s.", STR_ARG(path),
                strerror(-error));
    return false;
}

static bool is_excluded(const Walk *walk, Str name) {
    for (size_t i = 0; value_is_present(walk->excludes) && i < walk->excludes.count; i++) {
        Value pattern = value_at(walk->excludes, i);
        if (value_is_present(pattern) && value_text(pattern).len > 0 &&
            glob_matches(value_text(pattern), name))
            return true;
    }
    return false;
}

static bool add_file(const Walk *walk, Str path, Str name, const DiskStat *stat) {
    const Disk *disk = walk->call->io->disk;
    ArchiveEntry entry = {.name = name, .mode = stat->mode & 0777, .is_file = true};
    int error = disk->read_file(disk->self, path, &entry.bytes, walk->call->arena);
    if (error)
        return fail(walk->diags, path, error);
    vec_push(walk->call->arena, walk->out, entry);
    return true;
}

static bool walk_directory(const Walk *walk, Str path, Str name, unsigned depth);

static bool walk_path(const Walk *walk, Str path, Str name, unsigned depth) {
    const Disk *disk = walk->call->io->disk;
    DiskStat stat;
    Str target;
    if (is_excluded(walk, name) || str_equal(path, walk->output))
        return true;
    int error = disk->stat(disk->self, path, &stat);
    if (error)
        return fail(walk->diags, path, error);
    if (stat.kind == DISK_FILE)
        return add_file(walk, path, name, &stat);
    if (stat.kind != DISK_FOLDER)
        return fail(walk->diags, path, -EINVAL);
    bool is_link = disk->read_link(disk->self, path, &target, walk->call->arena) == 0;
    return (is_link && walk->skips_linked_directories) ||
           walk_directory(walk, path, name, depth + 1);
}

static bool walk_directory(const Walk *walk, Str path, Str name, unsigned depth) {
    const Disk *disk = walk->call->io->disk;
    Arena *arena = walk->call->arena;
    DiskEntries entries = {0};
    if (depth > DEPTH_MAX)
        return fail(walk->diags, path, -ELOOP);
    int error = disk->list(disk->self, path, &entries, arena);
    if (error)
        return fail(walk->diags, path, error);
    vec_each(&entries, entry) {
        Str below = name.len > 0 ? disk_join(name, entry->name, arena) : entry->name;
        if (!walk_path(walk, disk_join(path, entry->name, arena), below, depth))
            return false;
    }
    return true;
}

static bool collect_directory(const Call *call,
                              Value arguments,
                              ArchiveEntries *out,
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
    if (!is_excluded(&walk, STR(".")) && !walk_directory(&walk, path, STR_EMPTY, 0))
        return false;
    if (out->count > 0)
        return true;
    diags_error(diags, NO_RANGE, "Archive not made",
                "The archive would be empty: \"%.*s\" has no files that \"excludes\" leaves.",
                STR_ARG(path));
    return false;
}

static bool collect_file(const Call *call, Value arguments, ArchiveEntries *out, Diags *diags) {
    const Disk *disk = call->io->disk;
    Walk walk = {.call = call, .out = out, .diags = diags};
    DiskStat stat;
    Str path = object_text(arguments, "source_file", STR_EMPTY);
    int error = disk->stat(disk->self, path, &stat);
    if (error)
        return fail(diags, path, error);
    return add_file(&walk, path, disk_name_of(path), &stat);
}

static int compare_names(const void *a, const void *b) {
    return str_compare(((const ArchiveEntry *)a)->name, ((const ArchiveEntry *)b)->name);
}

/* Adds texts by name; the last one of a name wins. */
static void collect_texts(const Call *call, Value sources, ArchiveEntries *out) {
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
        qsort(out->items, out->count, sizeof *out->items, compare_names);
}

bool archive_entries_collect(const Call *call, Value arguments, ArchiveEntries *out, Diags *diags) {
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
        collect_texts(call, object_attribute(arguments, "source"), out);
    }
    return true;
}
