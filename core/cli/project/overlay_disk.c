/* Files by their clean paths; all other paths are those of the real disk. */
#include "overlay_disk.h"

#include <errno.h>

typedef struct OverlayDisk {
    const Disk *real;
    Map files;       /* clean path → PlanFileSource */
    Map directories; /* clean path → itself */
    OverlayListing listing;
} OverlayDisk;

static Str overlay_disk_key_of(Str path, Arena *arena) {
    Str clean = disk_clean(path, arena);
    return clean.len == 0 ? STR(".") : clean;
}

static int overlay_disk_read_file(void *self, Str path, Str *out, Arena *arena) {
    OverlayDisk *disk = self;
    const PlanFileSource *source = map_find(&disk->files, overlay_disk_key_of(path, arena));
    if (!source)
        return disk->real->read_file(disk->real->self, path, out, arena);
    *out = source->bytes;
    return 0;
}

static int stat_path(void *self, Str path, DiskStat *out) {
    OverlayDisk *disk = self;
    SCOPED(ArenaRef) scratch = arena_open("overlay disk");
    Str key = overlay_disk_key_of(path, scratch);
    const PlanFileSource *source = map_find(&disk->files, key);
    if (source) {
        *out = (DiskStat){.kind = DISK_FILE, .size = source->bytes.len, .mode = 0600};
        return 0;
    }
    if (disk->listing == OVERLAY_REPLACE && map_has(&disk->directories, key)) {
        *out = (DiskStat){.kind = DISK_DIRECTORY, .mode = 0700};
        return 0;
    }
    return disk->real->stat(disk->real->self, path, out);
}

/* Returns whether a real file of that name is listed: the file in memory replaces it. */
static bool overlay_disk_is_listed(const DiskEntries *entries, Str name) {
    vec_each(entries, entry) {
        if (str_equal(entry->name, name))
            return true;
    }
    return false;
}

static int overlay_disk_list(void *self, Str path, DiskEntries *out, Arena *arena) {
    OverlayDisk *disk = self;
    Str key = overlay_disk_key_of(path, arena);
    bool has_files = map_has(&disk->directories, key);
    if (!has_files || disk->listing == OVERLAY_ADD) {
        int error = disk->real->list(disk->real->self, path, out, arena);
        if (error < 0 || !has_files)
            return error;
    }
    map_each(&disk->files, entry) {
        Str directory = disk_directory_of(entry->key);
        if (!str_equal(directory.len ? directory : STR("."), key))
            continue;
        if (!overlay_disk_is_listed(out, disk_name_of(entry->key)))
            vec_push(arena, out, (DiskEntry){disk_name_of(entry->key), DISK_FILE});
    }
    disk_sort(out);
    return 0;
}

static int read_link(void *self, Str path, Str *out, Arena *arena) {
    const OverlayDisk *disk = self;
    return disk->real->read_link(disk->real->self, path, out, arena);
}

static int overlay_disk_real_path(void *self, Str path, Str *out, Arena *arena) {
    const OverlayDisk *disk = self;
    return disk->real->real_path(disk->real->self, path, out, arena);
}

Disk overlay_disk_new(const Disk *real, const PlanFileSources *files, OverlayListing listing,
                      Arena *arena) {
    OverlayDisk *self = arena_new(arena, OverlayDisk);
    *self = (OverlayDisk){
        .real = real, .files = map_new(arena), .directories = map_new(arena), .listing = listing};
    vec_each(files, file) {
        Str key = overlay_disk_key_of(file->path, arena);
        Str directory = disk_directory_of(key);
        map_set(&self->files, key, file);
        map_set(&self->directories, directory.len ? directory : STR("."), self);
    }
    return (Disk){
        .self = self,
        .read_file = overlay_disk_read_file,
        .stat = stat_path,
        .list = overlay_disk_list,
        .read_link = read_link,
        .real_path = overlay_disk_real_path,
    };
}
