#include "stored_package.h"

#include "digest.h"
#include "mirror_directory.h"
#include "module_tree.h"

#include <errno.h>

#define DEPTH_LIMIT 16

int stored_package_open(const Io *io, Str path, Str address, StoredPackage *out, Arena *arena) {
    const Disk *disk = io->disk;
    *out = (StoredPackage){0};
    int status = disk->real_path(disk->self, path, &out->path, arena);
    if (status != 0)
        return status;
    Str program = mirror_directory_program(disk, out->path, address, arena);
    if (program.len == 0)
        return 0;
    out->program = disk_name_of(program);
    return disk->open(disk->self, program, DISK_READ, 0, &out->file);
}

void stored_package_close(const Io *io, StoredPackage *package) {
    io->disk->close(io->disk->self, package->file);
    package->file = (DiskFile){0};
}

typedef struct Marking {
    const Disk *disk;
    const StoredPackage *package;
    Digest *digest;
    int64_t changed_ns;
} Marking;

static void add_stat(Marking *marking, Str name, const DiskStat *stat, Arena *scratch) {
    digest_update(marking->digest,
                  str_format(scratch, "%.*s %llu %llu %llu %lld %lld %u\n", STR_ARG(name),
                             (unsigned long long)stat->device, (unsigned long long)stat->inode,
                             (unsigned long long)(stat->kind == DISK_FILE ? stat->size : 0),
                             (long long)stat->modified_ns, (long long)stat->changed_ns,
                             (unsigned)stat->kind));
    if (stat->changed_ns > marking->changed_ns)
        marking->changed_ns = stat->changed_ns;
}

static int stored_package_add_directory(Marking *marking, Str name, int depth);

static int stored_package_add_entry(Marking *marking, Str directory, Str entry, int depth,
                                    Arena *scratch) {
    const Disk *disk = marking->disk;
    const StoredPackage *package = marking->package;
    DiskStat stat;
    Str name = disk_join(directory, entry, scratch);
    int status = str_equal(name, package->program)
                     ? disk->stat_file(disk->self, package->file, &stat)
                     : disk->stat(disk->self, disk_join(package->path, name, scratch), &stat);
    if (status != 0)
        return status;
    add_stat(marking, name, &stat, scratch);
    return stat.kind == DISK_DIRECTORY ? stored_package_add_directory(marking, name, depth + 1) : 0;
}

static int stored_package_add_directory(Marking *marking, Str name, int depth) {
    SCOPED(ArenaRef) scratch = arena_open("package files");
    const Disk *disk = marking->disk;
    DiskEntries entries = {0};
    Str path = disk_join(marking->package->path, name, scratch);
    int status = depth > DEPTH_LIMIT ? -ELOOP : disk->list(disk->self, path, &entries, scratch);
    vec_each(&entries, entry) {
        if (status == 0)
            status = stored_package_add_entry(marking, name, entry->name, depth, scratch);
    }
    return status;
}

int stored_package_mark(const Io *io, const StoredPackage *package, Str *mark, int64_t *changed_ns,
                        Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("package mark");
    DiskStat stat;
    Marking marking = {.disk = io->disk, .package = package};
    int status = io->disk->stat(io->disk->self, package->path, &stat);
    if (status != 0)
        return status;
    marking.digest = digest_open(DIGEST_SHA256);
    add_stat(&marking, package->path, &stat, scratch);
    status = stored_package_add_directory(&marking, STR_EMPTY, 0);
    *mark = digest_finish(marking.digest, arena);
    *changed_ns = marking.changed_ns;
    return status;
}

int stored_package_hash(const Io *io, const StoredPackage *package, Str *h1, Arena *arena) {
    TreeOpenFile program = {package->program, package->file};
    return module_tree_digest(io, package->path, TREE_PROVIDER,
                              package->program.len ? &program : NULL, h1, arena);
}
