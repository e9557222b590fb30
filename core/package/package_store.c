/* Adds packages to a store atomically. */
#include "package_store.h"

#include "hex.h"
#include "problem.h"
#include "random.h"

#include <errno.h>

#define LOCK_NAME    ".lock"
#define WORK_NAME    ".work-"
#define LOCK_WAIT_MS 200
#define LOCK_TRIES   (10 * 60 * 1000 / LOCK_WAIT_MS)

Str package_store_path(Str root, Str address, Str version, Str platform, Arena *arena) {
    Str package = disk_join(disk_join(root, address, arena), version, arena);
    return disk_join(package, platform, arena);
}

int package_store_work(const Io *io, Str root, Str *out, Arena *arena) {
    char bytes[8];
    random_fill(bytes, sizeof bytes);
    Str name = str_concat(STR(WORK_NAME), hex_encode((Str){bytes, sizeof bytes}, arena), arena);
    *out = disk_join(root, name, arena);
    return io->disk->make_directories(io->disk->self, *out, 0777);
}

/* Removes what a killed run left. The caller holds the lock. */
static void remove_leftovers(const Io *io, Str root, Arena *arena) {
    DiskEntries entries = {0};
    if (io->disk->list(io->disk->self, root, &entries, arena) != 0)
        return;
    vec_each(&entries, entry) {
        if (str_starts_with(entry->name, STR(WORK_NAME)))
            (void)disk_remove_tree(io->disk, disk_join(root, entry->name, arena));
    }
}

int package_store_lock(const Io *io, Str root, const CancelToken *cancel, DiskFile *out,
                       Arena *arena) {
    const Disk *disk = io->disk;
    pid_t holder;
    int status = disk->make_directories(disk->self, root, 0777);
    if (status == 0)
        status = disk->open(disk->self, disk_join(root, STR(LOCK_NAME), arena),
                            DISK_WRITE | DISK_CREATE, 0666, out);
    if (status != 0)
        return status;
    for (int i = 0; i < LOCK_TRIES; i++) {
        status = disk->lock(disk->self, *out, &holder);
        if (status != -EAGAIN)
            break;
        if (io->clock->sleep_ms(io->clock->self, LOCK_WAIT_MS, cancel)) {
            status = -ECANCELED;
            break;
        }
    }
    if (status == 0) {
        remove_leftovers(io, root, arena);
        return 0;
    }
    disk->close(disk->self, *out);
    *out = (DiskFile){0};
    return status;
}

/* Finds a symbolic link between `root` and the package. */
static bool find_link(const Disk *disk, Str root, Str path, Str *link, Arena *arena) {
    Str target;
    for (Str at = disk_directory_of(path); at.len > root.len; at = disk_directory_of(at)) {
        if (disk->read_link(disk->self, at, &target, arena) == 0) {
            *link = at;
            return true;
        }
    }
    return false;
}

/* Moves an older package away, so that the rename below can succeed. */
static int clear_place(const Io *io, Str root, Str path, Arena *arena) {
    const Disk *disk = io->disk;
    Str work, target;
    if (disk->read_link(disk->self, path, &target, arena) == 0)
        return disk->remove(disk->self, path);
    int status = package_store_work(io, root, &work, arena);
    if (status == 0)
        status = disk->rename(disk->self, path, disk_join(work, STR("old"), arena));
    (void)disk_remove_tree(disk, work);
    return status == -ENOENT ? 0 : status;
}

bool package_store_put(const PackageQuery *query, Str root, Str path, Str from, Str target) {
    const Io *io = query->sources->io;
    Arena *arena = query->arena;
    const Disk *disk = io->disk;
    Str link;
    if (find_link(disk, root, path, &link, arena))
        return problem_set(
            query->problem, arena,
            "\"%.*s\" is a symbolic link, and loam does not write through it; remove it",
            STR_ARG(link));
    int status = disk->make_directories(disk->self, disk_directory_of(path), 0777);
    if (status == 0)
        status = clear_place(io, root, path, arena);
    if (status == 0 && from.len) {
        status = disk_sync_tree(disk, from);
        if (status == 0)
            status = disk->rename(disk->self, from, path);
    } else if (status == 0) {
        status = disk->link(disk->self, target, path);
    }
    if (status == 0)
        status = disk->sync_directory(disk->self, disk_directory_of(path));
    return status == 0 || problem_set(query->problem, arena, "\"%.*s\" cannot be written: %s",
                                      STR_ARG(path), strerror(-status));
}
