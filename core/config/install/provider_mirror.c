/* provider_mirror: searches the directories of versions and platforms. */
#include "provider_mirror.h"

#include "version_constraint.h"

#if defined(__aarch64__)
#define PLATFORM "linux_arm64"
#else
#define PLATFORM "linux_amd64"
#endif

static Str type_of(Str address) {
    size_t slash = str_rfind_char(address, '/');
    return slash == SIZE_MAX ? address : str_after(address, slash + 1);
}

Str provider_mirror_program(const Disk *disk, Str directory, Str address, Arena *arena) {
    DiskEntries entries = {0};
    Str prefix = str_format(arena, "terraform-provider-%.*s", STR_ARG(type_of(address)));
    if (disk->list(disk->self, directory, &entries, arena) != 0)
        return STR_EMPTY;
    vec_each(&entries, entry) {
        if (str_starts_with(entry->name, prefix) && !str_ends_with(entry->name, STR(".zip")))
            return disk_join(directory, entry->name, arena);
    }
    return STR_EMPTY;
}

static Str newest_in(const Disk *disk, Str mirror, Str address, Str *version, Arena *arena) {
    DiskEntries versions = {0};
    Str directory = disk_join(mirror, address, arena);
    Str newest = STR_EMPTY;
    if (disk->list(disk->self, directory, &versions, arena) != 0)
        return STR_EMPTY;
    vec_each(&versions, entry) {
        if (version->len && version_constraint_compare(entry->name, *version) <= 0)
            continue;
        Str place = disk_join(disk_join(directory, entry->name, arena), STR(PLATFORM), arena);
        Str program = provider_mirror_program(disk, place, address, arena);
        if (program.len == 0)
            continue;
        newest = program;
        *version = entry->name;
    }
    return newest;
}

Str provider_mirror_find(const Disk *disk, const CliConfig *config, Str address, Arena *arena) {
    Str version = STR_EMPTY;
    Str program = STR_EMPTY;
    vec_each(&config->installations, installation) {
        bool is_mirror = installation->method == CLI_METHOD_FILESYSTEM_MIRROR;
        if (!is_mirror || !cli_config_serves(installation, address))
            continue;
        Str found = newest_in(disk, installation->path, address, &version, arena);
        program = found.len ? found : program;
    }
    return program;
}
