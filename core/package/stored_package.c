#include "stored_package.h"

#include "mirror_directory.h"

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
