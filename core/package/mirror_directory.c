#include "mirror_directory.h"

#include "problem.h"
#include "provider_address.h"
#include "version_constraint.h"

#include <errno.h>

static Str directory_prefix_of(Str address, Arena *arena) {
    Str host, namespace, type;
    provider_address_split(address, &host, &namespace, &type);
    return str_format(arena, "terraform-provider-%.*s", STR_ARG(type));
}

Str mirror_directory_archive(Str address, Str version, Str platform, Arena *arena) {
    return str_format(arena, "%.*s_%.*s_%.*s.zip", STR_ARG(directory_prefix_of(address, arena)),
                      STR_ARG(version), STR_ARG(platform));
}

Str mirror_directory_program(const Disk *disk, Str directory, Str address, Arena *arena) {
    DiskEntries entries = {0};
    Str prefix = directory_prefix_of(address, arena);
    if (disk->list(disk->self, directory, &entries, arena) != 0)
        return STR_EMPTY;
    vec_each(&entries, entry) {
        if (str_starts_with(entry->name, prefix) && entry->kind == DISK_FILE &&
            !str_ends_with(entry->name, STR(".zip")))
            return disk_join(directory, entry->name, arena);
    }
    return STR_EMPTY;
}

/* Adds the addresses below `directory`, which is `depth` levels below the mirror. */
static void add_addresses(const Disk *disk, Str directory, Str address, int depth, StrVec *out,
                          Arena *arena) {
    DiskEntries entries = {0};
    if (depth == 3) {
        if (provider_address_is_complete(address))
            vec_push(arena, out, address);
        return;
    }
    if (disk->list(disk->self, directory, &entries, arena) != 0)
        return;
    vec_each(&entries, entry) {
        if (entry->kind == DISK_DIRECTORY)
            add_addresses(disk, disk_join(directory, entry->name, arena),
                          disk_join(address, entry->name, arena), depth + 1, out, arena);
    }
}

void mirror_directory_addresses(const Disk *disk, Str mirror, StrVec *out, Arena *arena) {
    add_addresses(disk, mirror, STR_EMPTY, 0, out, arena);
}

/* Returns the version in the name of an archive; empty if it is not one of this provider. */
static Str version_of_archive(Str name, Str prefix) {
    if (!str_starts_with(name, prefix) || !str_ends_with(name, STR(".zip")) ||
        name.len <= prefix.len + 1 || name.ptr[prefix.len] != '_')
        return STR_EMPTY;
    Str rest = str_after(name, prefix.len + 1);
    return str_slice(rest, 0, str_find_char(rest, '_', 0));
}

static bool has_entries(const Disk *disk, Str directory, Arena *arena) {
    DiskEntries entries = {0};
    return disk->list(disk->self, directory, &entries, arena) == 0 && entries.count > 0;
}

static bool mirror_directory_versions(const PackageQuery *query,
                                      const CliInstallation *installation, Str address,
                                      StrVec *out) {
    const Disk *disk = query->sources->io->disk;
    Arena *arena = query->arena;
    DiskEntries entries = {0};
    DiskStat stat;
    Str directory = disk_join(installation->path, address, arena);
    Str prefix = directory_prefix_of(address, arena);
    int status = disk->stat(disk->self, installation->path, &stat);
    if (status == 0)
        status = disk->list(disk->self, directory, &entries, arena);
    else if (status == -ENOENT)
        status = -ENOTDIR;
    if (status != 0 && status != -ENOENT)
        return problem_set(query->problem, arena, "the mirror \"%.*s\" cannot be searched: %s",
                           STR_ARG(installation->path), strerror(-status));
    vec_each(&entries, entry) {
        Str version = version_of_archive(entry->name, prefix);
        if (entry->kind == DISK_DIRECTORY && version_constraint_is_version(entry->name) &&
            has_entries(disk, disk_join(directory, entry->name, arena), arena))
            version = entry->name;
        if (version.len)
            vec_push(arena, out, version);
    }
    return true;
}

static bool mirror_directory_find(const PackageQuery *query, const CliInstallation *installation,
                                  const Package *wanted, Package *out) {
    const Disk *disk = query->sources->io->disk;
    Arena *arena = query->arena;
    Str directory = disk_join(installation->path, wanted->address, arena);
    Str unpacked = disk_join(disk_join(directory, wanted->version, arena), wanted->platform, arena);
    Str name = mirror_directory_archive(wanted->address, wanted->version, wanted->platform, arena);
    Str packed = disk_join(directory, name, arena);
    *out = *wanted;
    if (disk_exists(disk, unpacked))
        return disk->real_path(disk->self, unpacked, &out->directory, arena) == 0;
    out->archive = packed;
    return disk_exists(disk, packed);
}

const PackageMethod mirror_directory_method = {mirror_directory_versions, mirror_directory_find};
