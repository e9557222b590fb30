/* A Disk that serves the configuration from a plan file. */
#include "plan_disk.h"
#include "map.h"

#include <errno.h>

typedef struct PlanDisk {
    const Disk *real;
    Map files;       /* clean path → PlanFileSource */
    Map directories; /* clean path → itself */
    Arena *arena;
} PlanDisk;

static Str key_of(Str path, Arena *arena) {
    Str clean = disk_clean(path, arena);
    return clean.len == 0 ? STR(".") : clean;
}

static int read_file(void *self, Str path, Str *out, Arena *arena) {
    PlanDisk *disk = self;
    const PlanFileSource *source = map_find(&disk->files, key_of(path, arena));
    if (!source)
        return disk->real->read_file(disk->real->self, path, out, arena);
    *out = source->bytes;
    return 0;
}

static int stat_path(void *self, Str path, DiskStat *out) {
    PlanDisk *disk = self;
    SCOPED(ArenaRef) scratch = arena_open("plan disk");
    Str key = key_of(path, scratch);
    const PlanFileSource *source = map_find(&disk->files, key);
    if (source) {
        *out = (DiskStat){.kind = DISK_FILE, .size = source->bytes.len, .mode = 0600};
        return 0;
    }
    if (map_has(&disk->directories, key)) {
        *out = (DiskStat){.kind = DISK_FOLDER, .mode = 0700};
        return 0;
    }
    return disk->real->stat(disk->real->self, path, out);
}

/* For a directory of a module, lists only the saved files, so that newer files are ignored. */
static int list(void *self, Str path, DiskEntries *out, Arena *arena) {
    PlanDisk *disk = self;
    Str key = key_of(path, arena);
    if (!map_has(&disk->directories, key))
        return disk->real->list(disk->real->self, path, out, arena);
    map_each(&disk->files, entry) {
        Str directory = disk_directory_of(entry->key);
        if (!str_equal(directory.len ? directory : STR("."), key))
            continue;
        vec_push(arena, out, (DiskEntry){disk_name_of(entry->key), DISK_FILE});
    }
    disk_sort(out);
    return 0;
}

Disk plan_disk_new(const Disk *real, const PlanFileSources *sources, Arena *arena) {
    PlanDisk *self = arena_new(arena, PlanDisk);
    *self = (PlanDisk){
        .real = real, .files = map_new(arena), .directories = map_new(arena), .arena = arena};
    vec_each(sources, source) {
        Str key = key_of(source->path, arena);
        Str directory = disk_directory_of(key);
        map_set(&self->files, key, source);
        map_set(&self->directories, directory.len ? directory : STR("."), self);
    }
    Disk disk = {.self = self, .read_file = read_file, .stat = stat_path, .list = list};
    return disk;
}
