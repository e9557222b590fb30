/* Finds the files first, so that they are read in the order of their paths. */
#include "manifest_files.h"

#define DEPTH_MAX 64 /* links may lead in a circle */

typedef struct FileSearch {
    const Call *call;
    Path argument;
    StrVec files;
    Diags *diags;
} FileSearch;

static bool files_fail(const FileSearch *search, Str path, const char *why) {
    return path_error(search->call, search->argument, search->diags, "Manifest not read",
                      "\"%.*s\": %s.", STR_ARG(path), why);
}

static bool is_manifest(Str name) {
    static const char *const ends[] = {".yaml", ".yml", ".json"};
    for (size_t i = 0; i < ARRAY_COUNT(ends); i++)
        if (str_ends_with(name, str_from_cstr(ends[i])))
            return true;
    return false;
}

static bool find_files(FileSearch *search, Str directory, unsigned depth) {
    const Disk *disk = search->call->io->disk;
    Arena *arena = search->call->arena;
    DiskEntries entries = {0};
    int error = disk->list(disk->self, directory, &entries, arena);
    if (error != 0)
        return files_fail(search, directory, strerror(-error));
    if (depth == DEPTH_MAX)
        return files_fail(search, directory, "the directories are nested too deeply");
    bool is_good = true;
    vec_each(&entries, entry) {
        Str path = disk_join(directory, entry->name, arena);
        if (entry->kind == DISK_DIRECTORY)
            is_good &= find_files(search, path, depth + 1);
        else if (entry->kind == DISK_FILE && is_manifest(entry->name))
            vec_push(arena, &search->files, path);
    }
    return is_good;
}

static bool files_read_file(const FileSearch *search, Str path, ManifestObjects *out) {
    const Disk *disk = search->call->io->disk;
    Str text;
    int error = disk->read_file(disk->self, path, &text, search->call->arena);
    if (error != 0)
        return files_fail(search, path, strerror(-error));
    return manifest_text_read(search->call, search->argument, path, text, out, search->diags);
}

bool manifest_files_read(const Call *call, Path argument, Str path, ManifestObjects *out,
                         Diags *diags) {
    const Disk *disk = call->io->disk;
    FileSearch search = {call, argument, {0}, diags};
    DiskStat stat;
    int error = disk->stat(disk->self, path, &stat);
    if (error != 0)
        return files_fail(&search, path, strerror(-error));
    if (stat.kind != DISK_DIRECTORY)
        return files_read_file(&search, path, out);
    bool is_good = find_files(&search, path, 0);
    vec_each(&search.files, file) {
        is_good &= files_read_file(&search, *file, out);
    }
    return is_good;
}
