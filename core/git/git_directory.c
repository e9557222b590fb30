#include "git_directory.h"

#include "hex.h"
#include "problem.h"
#include "random.h"

#include <errno.h>

#define LOCK_SUFFIX ".lock"

static Str parent_of(const Process *process, Arena *arena) {
    Str cache = process_variable(process, "XDG_CACHE_HOME");
    Str home = process_variable(process, "HOME");
    if (cache.len && cache.ptr[0] == '/')
        return str_concat(cache, STR("/loam/git"), arena);
    return home.len ? str_concat(home, STR("/.cache/loam/git"), arena) : STR_EMPTY;
}

/* Opens and locks the file. Returns -EAGAIN if its owner lives. */
static int lock_file(const Disk *disk, Str path, unsigned flags, DiskFile *out) {
    pid_t holder;
    int error = disk->open(disk->self, path, DISK_READ | DISK_WRITE | flags, 0600, out);
    if (error)
        return error;
    error = disk->lock(disk->self, *out, &holder);
    if (!error && !disk->is_at(disk->self, *out, path))
        error = -ESTALE; /* another process removed it between open and lock */
    if (error)
        disk->close(disk->self, *out);
    return error;
}

/* Removes the directory before its lock file, so that a kill in between leaves both to the next
 * sweep. A git that outlives its killed caller may still write: then both stay, too. */
static void remove_pair(const Disk *disk, Str path, Str lock_path, DiskFile lock) {
    if (disk_remove_tree(disk, path) == 0)
        (void)disk->remove(disk->self, lock_path);
    disk->close(disk->self, lock);
}

static void sweep(const Disk *disk, Str parent) {
    SCOPED(ArenaRef) scratch = arena_open("git sweep");
    DiskEntries entries = {0};
    if (disk->list(disk->self, parent, &entries, scratch) != 0)
        return;
    vec_each(&entries, entry) {
        DiskFile lock;
        Str sibling = str_concat(entry->name, STR(LOCK_SUFFIX), scratch);
        if (entry->kind == DISK_DIRECTORY &&
            !disk_exists(disk, disk_join(parent, sibling, scratch)))
            (void)disk_remove_tree(disk, disk_join(parent, entry->name, scratch));
        if (entry->kind != DISK_FILE || !str_ends_with(entry->name, STR(LOCK_SUFFIX)))
            continue;
        Str lock_path = disk_join(parent, entry->name, scratch);
        Str path = str_slice(lock_path, 0, lock_path.len - strlen(LOCK_SUFFIX));
        if (lock_file(disk, lock_path, 0, &lock) == 0)
            remove_pair(disk, path, lock_path, lock);
    }
}

static int directory_create(const Disk *disk, Str parent, GitDirectory *out, Arena *arena) {
    char bytes[8];
    random_fill(bytes, sizeof bytes);
    Str name = hex_encode((Str){bytes, sizeof bytes}, arena);
    GitDirectory directory = {.disk = disk, .path = disk_join(parent, name, arena)};
    directory.lock_path = str_concat(directory.path, STR(LOCK_SUFFIX), arena);
    int error = lock_file(disk, directory.lock_path, DISK_CREATE | DISK_EXCLUSIVE, &directory.lock);
    if (error)
        return error;
    error = disk->make_directories(disk->self, directory.path, 0700);
    if (!error)
        error = disk->chmod(disk->self, directory.path, 0700);
    *out = directory;
    if (error)
        git_directory_close(out);
    return error;
}

bool git_directory_open(const Io *io, GitDirectory *out, Str *problem, Arena *arena) {
    const Disk *disk = io->disk;
    Str parent = parent_of(io->process, arena);
    *out = (GitDirectory){0};
    if (!parent.len)
        return problem_text(
            problem, "Neither XDG_CACHE_HOME nor HOME is set, so there is no place for a clone.");
    int error = disk->make_directories(disk->self, parent, 0700);
    if (!error)
        error = disk->chmod(disk->self, parent, 0700);
    if (!error)
        sweep(disk, parent);
    do {
        error = error && error != -ESTALE && error != -EAGAIN
                    ? error
                    : directory_create(disk, parent, out, arena);
    } while (error == -ESTALE || error == -EAGAIN); /* a sweep of another process was faster */
    if (error)
        *problem =
            str_format(arena, "The directory for a clone in \"%.*s\" cannot be made: %s. %s",
                       STR_ARG(parent), strerror(-error), disk_hint(error, "Check the directory."));
    return !error;
}

void git_directory_close(GitDirectory *directory) {
    if (directory->disk)
        remove_pair(directory->disk, directory->path, directory->lock_path, directory->lock);
    *directory = (GitDirectory){0};
}
