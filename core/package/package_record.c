/* Keeps two files per project: "installed" has the hashes of `init`, "seen" those of unchanged
 * packages. A lost line of "seen" costs time only. */
#include "package_record.h"

#include "cli_config_load.h"
#include "digest.h"
#include "module_tree.h"

#include <errno.h>

#define INSTALLED     "installed"
#define SEEN          "seen"
#define SEEN_MAX      65536
#define SETTLED_NS    INT64_C(2000000000)
#define PLACE_PREFIX  "place "
#define DEPTH_LIMIT   16
#define HASH_ATTEMPTS 8

static Str directory_of(const Io *io, Arena *arena) {
    Str here;
    Str base = process_variable(io->process, "XDG_STATE_HOME");
    Str home = process_variable(io->process, "HOME");
    if (!str_starts_with(base, STR("/")))
        base = str_starts_with(home, STR("/")) ? disk_join(home, STR(".local/state"), arena)
                                               : STR_EMPTY;
    if (base.len == 0 || cli_config_is_in_project(io, base, arena) ||
        io->disk->real_path(io->disk->self, STR("."), &here, arena) != 0)
        return STR_EMPTY;
    return str_format(arena, "%.*s/loam/providers/%.*s", STR_ARG(base),
                      STR_ARG(digest_hex(DIGEST_SHA256, here, arena)));
}

/* Returns the line that binds the record to its directory; empty if there is none. A copy of the
 * directory may get the inode of a removed one, but not its birth. */
static Str record_place_of(const Io *io, Str directory, Arena *arena) {
    DiskStat stat;
    if (io->disk->stat(io->disk->self, directory, &stat) != 0)
        return STR_EMPTY;
    return str_format(arena, PLACE_PREFIX "%llu %llu %lld", (unsigned long long)stat.device,
                      (unsigned long long)stat.inode, (long long)stat.born_ns);
}

PackageRecord package_record_read(const Io *io, Arena *arena) {
    PackageRecord record = {.io = io, .directory = directory_of(io, arena)};
    Str text, line;
    if (record.directory.len == 0 ||
        io->disk->read_file(io->disk->self, disk_join(record.directory, STR(INSTALLED), arena),
                            &text, arena) != 0)
        return record;
    bool is_bound = cli_config_is_below(io, record.directory, arena);
    Str place = record_place_of(io, record.directory, arena);
    bool is_valid = !is_bound;
    while (str_next_field(&text, '\n', &line)) {
        is_valid |= place.len > 0 && str_equal(line, place);
        if (is_valid && str_starts_with(line, STR("h1:")))
            vec_push(arena, &record.hashes, line);
    }
    return record;
}

/* "seen" has lines "MARK h1:…". */
static bool find_seen(const PackageRecord *record, Str mark, Str *h1, Arena *arena) {
    const Disk *disk = record->io->disk;
    Str text, line;
    if (record->directory.len == 0 || cli_config_is_below(record->io, record->directory, arena) ||
        disk->read_file(disk->self, disk_join(record->directory, STR(SEEN), arena), &text, arena))
        return false;
    while (str_next_field(&text, '\n', &line)) {
        Str rest = line, found;
        if (!str_next_field(&rest, ' ', &found) || !str_equal(found, mark))
            continue;
        *h1 = rest;
        return str_starts_with(rest, STR("h1:"));
    }
    return false;
}

static void add_seen(const PackageRecord *record, Str mark, Str h1, Arena *arena) {
    const Disk *disk = record->io->disk;
    Str text = STR_EMPTY;
    if (record->directory.len == 0 ||
        disk->make_directories(disk->self, record->directory, 0700) != 0)
        return;
    Str path = disk_join(record->directory, STR(SEEN), arena);
    (void)disk->read_file(disk->self, path, &text, arena);
    if (text.len > SEEN_MAX)
        text = STR_EMPTY;
    text = str_format(arena, "%.*s%.*s %.*s\n", STR_ARG(text), STR_ARG(mark), STR_ARG(h1));
    (void)disk->write_file(disk->self, path, text, 0600);
}

typedef struct Marking {
    const Disk *disk;
    const StoredPackage *package;
    Digest *digest;
    int64_t changed_ns;
} Marking;

static void record_add_stat(Marking *marking, Str name, const DiskStat *stat, Arena *scratch) {
    digest_update(marking->digest,
                  str_format(scratch, "%.*s %llu %llu %llu %lld %lld %u\n", STR_ARG(name),
                             (unsigned long long)stat->device, (unsigned long long)stat->inode,
                             (unsigned long long)(stat->kind == DISK_FILE ? stat->size : 0),
                             (long long)stat->modified_ns, (long long)stat->changed_ns,
                             (unsigned)stat->kind));
    if (stat->changed_ns > marking->changed_ns)
        marking->changed_ns = stat->changed_ns;
}

static int record_add_directory(Marking *marking, Str name, int depth);

static int record_add_entry(Marking *marking, Str directory, Str entry, int depth, Arena *scratch) {
    const Disk *disk = marking->disk;
    const StoredPackage *package = marking->package;
    DiskStat stat;
    Str name = disk_join(directory, entry, scratch);
    int status = str_equal(name, package->program)
                     ? disk->stat_file(disk->self, package->file, &stat)
                     : disk->stat(disk->self, disk_join(package->path, name, scratch), &stat);
    if (status != 0)
        return status;
    record_add_stat(marking, name, &stat, scratch);
    return stat.kind == DISK_DIRECTORY ? record_add_directory(marking, name, depth + 1) : 0;
}

static int record_add_directory(Marking *marking, Str name, int depth) {
    SCOPED(ArenaRef) scratch = arena_open("package files");
    const Disk *disk = marking->disk;
    DiskEntries entries = {0};
    Str path = disk_join(marking->package->path, name, scratch);
    int status = depth > DEPTH_LIMIT ? -ELOOP : disk->list(disk->self, path, &entries, scratch);
    vec_each(&entries, entry) {
        if (status == 0)
            status = record_add_entry(marking, name, entry->name, depth, scratch);
    }
    return status;
}

/* Computes a digest of device, inode, size and times of all files. No user can set the time of the
 * last change of a file, so equal marks mean equal content. *changed_ns is the newest of these
 * times. Returns 0 or a negative errno. */
static int record_mark(const Io *io, const StoredPackage *package, Str *mark, int64_t *changed_ns,
                       Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("package mark");
    DiskStat stat;
    Marking marking = {.disk = io->disk, .package = package};
    int status = io->disk->stat(io->disk->self, package->path, &stat);
    if (status != 0)
        return status;
    marking.digest = digest_open(DIGEST_SHA256);
    record_add_stat(&marking, package->path, &stat, scratch);
    status = record_add_directory(&marking, STR_EMPTY, 0);
    *mark = digest_finish(marking.digest, arena);
    *changed_ns = marking.changed_ns;
    return status;
}

int package_record_hash(const PackageRecord *record, const StoredPackage *package, Str *h1,
                        Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("package hash");
    const Io *io = record->io;
    Str mark, later, found;
    int64_t changed_ns;
    int status = record_mark(io, package, &mark, &changed_ns, scratch);
    if (status != 0)
        return status;
    if (find_seen(record, mark, &found, scratch)) {
        *h1 = str_clone(found, arena);
        return 0;
    }
    TreeOpenFile program = {package->program, package->file};
    for (int attempt = 0; attempt < HASH_ATTEMPTS; attempt++) {
        status = module_tree_digest(io, package->path, TREE_PROVIDER,
                                    package->program.len ? &program : NULL, h1, arena);
        if (status == 0)
            status = record_mark(io, package, &later, &changed_ns, scratch);
        if (status != 0 || str_equal(mark, later))
            break;
        mark = later;
        status = -EBUSY;
    }
    if (status != 0)
        return status;
    /* The mark contains times, which are as coarse as the clock of the kernel: a further change
     * within the same tick would leave the mark as it is, so only older files are remembered. */
    if (io->clock->now_ms(io->clock->self) * 1000000 - changed_ns > SETTLED_NS)
        add_seen(record, mark, *h1, scratch);
    return 0;
}

bool package_record_write(const Io *io, const StrVec *hashes, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("package record");
    const Disk *disk = io->disk;
    Str directory = directory_of(io, scratch);
    int status = directory.len ? disk->make_directories(disk->self, directory, 0700) : -ENOENT;
    StrBuf text = strbuf_new(scratch);
    strbuf_add(&text, record_place_of(io, directory, scratch));
    strbuf_add(&text, STR("\n"));
    vec_each(hashes, hash) {
        strbuf_add(&text, *hash);
        strbuf_add(&text, STR("\n"));
    }
    if (status == 0)
        status = disk->write_file(disk->self, disk_join(directory, STR(INSTALLED), scratch),
                                  strbuf_str(&text), 0600);
    if (status == 0 || cli_config_trusts_project(io))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Installed providers not recorded",
        "loam starts only programs of providers that you have installed, and keeps the record of "
        "them outside of the project, in %s%.*s%s. %s%s%sSet XDG_STATE_HOME to an absolute path of "
        "a directory outside of the project that you can write.",
        directory.len ? "\"" : "", STR_ARG(directory), directory.len ? "\"" : "XDG_STATE_HOME",
        directory.len ? "It cannot be written: " : "", directory.len ? strerror(-status) : "",
        directory.len ? ". " : "");
}
