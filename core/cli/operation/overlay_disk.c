/* A Disk with one virtual file. */
#include "overlay_disk.h"

typedef struct Overlay {
    const Disk *real;
    Str name;
    Str bytes;
} Overlay;

static bool is_file(const Overlay *overlay, Str path) {
    return str_equal(str_starts_with(path, STR("./")) ? str_after(path, 2) : path, overlay->name);
}

static int read_file(void *self, Str path, Str *out, Arena *arena) {
    const Overlay *overlay = self;
    if (!is_file(overlay, path))
        return overlay->real->read_file(overlay->real->self, path, out, arena);
    *out = overlay->bytes;
    return 0;
}

static int stat_path(void *self, Str path, DiskStat *out) {
    const Overlay *overlay = self;
    if (!is_file(overlay, path))
        return overlay->real->stat(overlay->real->self, path, out);
    *out = (DiskStat){.kind = DISK_FILE, .size = overlay->bytes.len, .mode = 0600};
    return 0;
}

static int list(void *self, Str path, DiskEntries *out, Arena *arena) {
    const Overlay *overlay = self;
    int error = overlay->real->list(overlay->real->self, path, out, arena);
    if (error < 0 || !str_equal(path, STR(".")))
        return error;
    size_t at = 0;
    while (at < out->count && str_compare(out->items[at].name, overlay->name) < 0)
        at++;
    vec_push(arena, out, (DiskEntry){0});
    memmove(&out->items[at + 1], &out->items[at], (out->count - 1 - at) * sizeof *out->items);
    out->items[at] = (DiskEntry){overlay->name, DISK_FILE};
    return error;
}

static int read_link(void *self, Str path, Str *out, Arena *arena) {
    const Overlay *overlay = self;
    return overlay->real->read_link(overlay->real->self, path, out, arena);
}

static int real_path(void *self, Str path, Str *out, Arena *arena) {
    const Overlay *overlay = self;
    return overlay->real->real_path(overlay->real->self, path, out, arena);
}

/* Loading a configuration uses only these slots. */
Disk overlay_disk_new(const Disk *real, Str name, Str bytes, Arena *arena) {
    Overlay *overlay = arena_new(arena, Overlay);
    *overlay = (Overlay){.real = real, .name = name, .bytes = bytes};
    return (Disk){
        .self = overlay,
        .read_file = read_file,
        .stat = stat_path,
        .list = list,
        .read_link = read_link,
        .real_path = real_path,
    };
}
