/* Extracts archives: the plugin of archives decodes, Disk writes. */
#include "archive_unpack.h"

#include "archives.h"
#include "str_quote.h"
#include "vec.h"

#include <errno.h>

#define PIECE_SIZE ((size_t)65536)

/* Sizes and values of the zip format. */
#define ZIP_END_SIZE       22
#define ZIP_TAIL_MAX       ((size_t)ZIP_END_SIZE + 0xffff) /* with a comment of maximal length */
#define ZIP_MANY           0xffff                          /* the count is in the zip64 record */
#define ZIP64_LOCATOR_SIZE 20
#define ZIP64_END_SIZE     56

typedef struct UnpackFile {
    const Disk *disk;
    DiskFile file;
} UnpackFile;

static void unpack_file_release(UnpackFile *open) {
    if (open->file.handle)
        open->disk->close(open->disk->self, open->file);
}
SCOPED_TYPE(UnpackFile, unpack_file_release);

typedef struct UnpackLink {
    Str path;
    Str target;
} UnpackLink;

typedef struct Unpack {
    const Archives *archives;
    ArchiveReader *reader;
    const Disk *disk;
    Str directory;
    UnpackLimits left;
    VEC(UnpackLink) links;
    Arena *arena;
    Str *problem;
} Unpack;

static bool report_archive(Unpack *unpack) {
    Str fault = unpack->archives->fault(unpack->reader, unpack->arena);
    *unpack->problem =
        str_format(unpack->arena, "it is not an archive that loam can read (%.*s)", STR_ARG(fault));
    return false;
}

static bool PRINTF_LIKE(3, 4) report_entry(Unpack *unpack, Str name, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str why = str_vformat(unpack->arena, format, args);
    va_end(args);
    *unpack->problem =
        str_format(unpack->arena, "its entry %.*s %.*s",
                   STR_ARG(str_quote(str_slice(name, 0, 200), unpack->arena)), STR_ARG(why));
    return false;
}

/* Normalises an entry name and rejects names that leave the directory; *out is empty for the
 * directory itself. */
static bool archive_unpack_check_name(Unpack *unpack, Str name, Str *out) {
    Str rest = name;
    Str part;
    if (!name.len || name.ptr[0] == '/' || str_find_char(name, '\\', 0) != SIZE_MAX)
        return report_entry(unpack, name, "has an invalid path");
    while (str_next_field(&rest, '/', &part)) {
        if (str_equal(part, STR("..")))
            return report_entry(unpack, name, "has a path that leads out of the directory");
    }
    Str clean = disk_clean(name, unpack->arena);
    *out = str_equal(clean, STR(".")) ? STR_EMPTY : clean;
    return true;
}

static bool copy_content(Unpack *unpack, Str name, UnpackFile *open) {
    char *piece = arena_alloc(unpack->arena, PIECE_SIZE);
    for (;;) {
        int64_t got = unpack->archives->read(unpack->reader, piece, PIECE_SIZE);
        if (got == 0)
            return true;
        if (got < 0)
            return report_archive(unpack);
        if ((uint64_t)got > unpack->left.bytes)
            return report_entry(unpack, name, "exceeds the maximum size of a package");
        unpack->left.bytes -= (uint64_t)got;
        int status = open->disk->append(open->disk->self, open->file, (Str){piece, (size_t)got});
        if (status != 0)
            return report_entry(unpack, name, "cannot be written: %s", strerror(-status));
    }
}

static bool unpack_file(Unpack *unpack, Str name, bool is_program) {
    SCOPED(ArenaRef) scratch = arena_open("unpack");
    Unpack here = *unpack;
    here.arena = scratch;
    const Disk *disk = unpack->disk;
    SCOPED(UnpackFile) open = {.disk = disk};
    Str path = disk_join(unpack->directory, name, scratch);
    unsigned flags = DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE | DISK_APPEND;
    int status = disk->make_directories(disk->self, disk_directory_of(path), 0777);
    if (status == 0)
        status = disk->open(disk->self, path, flags, is_program ? 0777 : 0666, &open.file);
    if (status == -EEXIST)
        return report_entry(unpack, name, "occurs twice");
    if (status != 0)
        return report_entry(unpack, name, "cannot be written: %s", strerror(-status));
    bool ok = copy_content(&here, name, &open);
    unpack->left = here.left;
    if (!ok)
        *unpack->problem = str_clone(*unpack->problem, unpack->arena);
    return ok;
}

static bool unpack_directory(Unpack *unpack, Str name) {
    const Disk *disk = unpack->disk;
    Str path = disk_join(unpack->directory, name, unpack->arena);
    int status = disk->make_directories(disk->self, path, 0777);
    return status == 0 || report_entry(unpack, name, "cannot be created: %s", strerror(-status));
}

static bool note_link(Unpack *unpack, Str target, Str name) {
    if (!target.len)
        return report_entry(unpack, name, "is a link to a missing file");
    vec_push(unpack->arena, &unpack->links,
             (UnpackLink){disk_join(unpack->directory, name, unpack->arena), target});
    return true;
}

static bool unpack_entry(Unpack *unpack, const ArchiveMember *member) {
    Str name;
    if (unpack->left.entries-- == 0)
        return report_entry(unpack, member->path, "exceeds the maximum number of entries");
    if (!archive_unpack_check_name(unpack, member->path, &name))
        return false;
    if (member->is_hard_link)
        return report_entry(unpack, member->path, "is a hard link, which loam does not support");
    if (!name.len && member->kind != ARCHIVED_DIRECTORY)
        return report_entry(unpack, member->path, "has an invalid path");
    switch (member->kind) {
    case ARCHIVED_DIRECTORY: return !name.len || unpack_directory(unpack, name);
    case ARCHIVED_LINK: return note_link(unpack, member->target, name);
    case ARCHIVED_FILE: return unpack_file(unpack, name, member->mode & 0100);
    case ARCHIVED_OTHER: break;
    }
    return report_entry(unpack, member->path, "is not a file, directory or link");
}

static bool make_links(Unpack *unpack) {
    const Disk *disk = unpack->disk;
    vec_each(&unpack->links, link) {
        int status = disk->make_directories(disk->self, disk_directory_of(link->path), 0777);
        if (status == 0)
            status = disk->link(disk->self, link->target, link->path);
        if (status != 0)
            return report_entry(unpack, str_after(link->path, unpack->directory.len + 1),
                                "cannot be created: %s", strerror(-status));
    }
    return true;
}

static bool unpack_all(Unpack *unpack) {
    for (;;) {
        ArchiveMember member;
        ArchiveStep step = unpack->archives->next(unpack->reader, &member, unpack->arena);
        if (step == ARCHIVES_END)
            return make_links(unpack);
        if (step == ARCHIVES_BROKEN)
            return report_archive(unpack);
        if (!unpack_entry(unpack, &member))
            return false;
    }
}

static uint64_t archive_unpack_read_number(const char *bytes, size_t size) {
    uint64_t number = 0;
    for (size_t i = size; i-- > 0;)
        number = number << 8 | (unsigned char)bytes[i];
    return number;
}

static bool read_at(const UnpackFile *open, uint64_t at, char *out, size_t size) {
    size_t got = 0;
    return open->disk->read(open->disk->self, open->file, at, out, size, &got) == 0 && got == size;
}

/* Returns the entry count from the zip64 record, which is used if the 16-bit count is 0xffff. */
static uint64_t count_zip64(const UnpackFile *open, uint64_t end_at) {
    char locator[ZIP64_LOCATOR_SIZE], end[ZIP64_END_SIZE];
    if (end_at < sizeof locator ||
        !read_at(open, end_at - sizeof locator, locator, sizeof locator) ||
        memcmp(locator, "PK\6\7", 4) != 0 ||
        !read_at(open, archive_unpack_read_number(locator + 8, 8), end, sizeof end) ||
        memcmp(end, "PK\6\6", 4) != 0)
        return ZIP_MANY;
    return archive_unpack_read_number(end + 32, 8);
}

/* Returns the number of entries according to the central directory; 0 if the file is not a zip
 * file. */
static uint64_t count_zip_entries(const UnpackFile *open, uint64_t size, Arena *arena) {
    char start[4];
    size_t tail = size < ZIP_TAIL_MAX ? (size_t)size : ZIP_TAIL_MAX;
    char *bytes = arena_alloc(arena, tail + 1);
    if (!read_at(open, 0, start, sizeof start) || memcmp(start, "PK", 2) != 0 ||
        tail < ZIP_END_SIZE || !read_at(open, size - tail, bytes, tail))
        return 0;
    for (size_t at = tail - ZIP_END_SIZE + 1; at-- > 0;) {
        if (memcmp(bytes + at, "PK\5\6", 4) != 0)
            continue;
        uint64_t count = archive_unpack_read_number(bytes + at + 10, 2);
        return count == ZIP_MANY ? count_zip64(open, size - tail + at) : count;
    }
    return 0;
}

/* Rejects zip files with too many entries before anything is written. */
static bool check_entry_count(Unpack *unpack, const UnpackFile *open, uint64_t size) {
    uint64_t count = count_zip_entries(open, size, unpack->arena);
    if (count <= unpack->left.entries)
        return true;
    *unpack->problem =
        str_format(unpack->arena, "it has %llu entries; the maximum for a package is %llu",
                   (unsigned long long)count, (unsigned long long)unpack->left.entries);
    return false;
}

bool archive_unpack(const Io *io, Str path, Str directory, UnpackLimits limits, Str *problem,
                    Arena *arena) {
    SCOPED(UnpackFile) open = {.disk = io->disk};
    Unpack unpack = {.archives = archives_load(problem, arena),
                     .disk = io->disk,
                     .directory = directory,
                     .left = limits,
                     .arena = arena,
                     .problem = problem};
    if (!unpack.archives)
        return false;
    ArchiveInput input = {.forms = ARCHIVES_TAR | ARCHIVES_ZIP | ARCHIVES_GZIP | ARCHIVES_BZIP2 |
                                   ARCHIVES_XZ | ARCHIVES_ZSTD,
                          .disk = io->disk};
    int status = io->disk->open(io->disk->self, path, DISK_READ, 0, &open.file);
    if (status == 0)
        status = io->disk->size(io->disk->self, open.file, &input.size);
    if (status != 0) {
        *problem = str_format(arena, "it cannot be read: %s", strerror(-status));
        return false;
    }
    if (!check_entry_count(&unpack, &open, input.size))
        return false;
    input.file = open.file;
    unpack.reader = unpack.archives->open(&input, arena);
    bool ok = unpack_all(&unpack);
    unpack.archives->close(unpack.reader);
    return ok;
}
