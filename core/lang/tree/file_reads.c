/* file_reads: a map under a mutex. Evaluations repeat reads, so a digest is computed once a file.
 */
#include "file_reads.h"
#include "digest.h"
#include "disk.h"
#include "thread.h"

struct FileReads {
    pthread_mutex_t mutex;
    Arena *arena;
    Map found;
};

FileReads *file_reads_open(void) {
    Arena *arena = arena_open("file reads");
    FileReads *reads = arena_new(arena, FileReads);
    *reads = (FileReads){.arena = arena, .found = map_new(arena)};
    pthread_mutex_init(&reads->mutex, NULL);
    return reads;
}

void file_reads_close(FileReads *reads) {
    if (!reads)
        return;
    pthread_mutex_destroy(&reads->mutex);
    arena_close(reads->arena);
}

static void file_reads_set(FileReads *reads, Str path, Str content) {
    Str *kept = arena_new(reads->arena, Str);
    *kept = content;
    map_set(&reads->found, disk_clean(path, reads->arena), kept);
}

static bool file_reads_has_content(const FileReads *reads, Str path) {
    SCOPED(ArenaRef) scratch = arena_open("file read");
    const Str *known = map_find(&reads->found, disk_clean(path, scratch));
    return known && str_starts_with(*known, STR("sha256:"));
}

void file_reads_add(FileReads *reads, Str path, Str content) {
    if (!reads)
        return;
    LOCKED(&reads->mutex);
    if (file_reads_has_content(reads, path))
        return;
    Str digest = digest_hex(DIGEST_SHA256, content, reads->arena);
    file_reads_set(reads, path, str_concat(STR("sha256:"), digest, reads->arena));
}

void file_reads_add_presence(FileReads *reads, Str path, bool exists) {
    if (!reads)
        return;
    LOCKED(&reads->mutex);
    if (!file_reads_has_content(reads, path))
        file_reads_set(reads, path, exists ? STR("exists") : STR("missing"));
}

Map file_reads_found(const FileReads *reads) {
    return reads ? reads->found : (Map){0};
}
