/* Extracts archives: libarchive decodes, Disk writes. */
#include "archive_unpack.h"

#include "str_quote.h"
#include "utf8.h"
#include "vec.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define PIECE_SIZE ((size_t)65536)

typedef struct archive *ArchiveReader;
static void archive_reader_release(ArchiveReader *reader) {
    if (*reader)
        archive_read_free(*reader);
}
SCOPED_TYPE(ArchiveReader, archive_reader_release);

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
    const Disk *disk;
    Str directory;
    UnpackLimits left;
    VEC(UnpackLink) links;
    Arena *arena;
    Str *problem;
} Unpack;

typedef struct ArchiveInput {
    UnpackFile *open;
    uint64_t at;
    uint64_t size;
    char *piece;
} ArchiveInput;

static la_ssize_t archive_unpack_read_input(struct archive *reader, void *payload,
                                            const void **bytes) {
    ArchiveInput *input = payload;
    const Disk *disk = input->open->disk;
    size_t got = 0;
    int status =
        disk->read(disk->self, input->open->file, input->at, input->piece, PIECE_SIZE, &got);
    if (status != 0) {
        archive_set_error(reader, -status, "%s", strerror(-status));
        return ARCHIVE_FATAL;
    }
    input->at += got;
    *bytes = input->piece;
    return (la_ssize_t)got;
}

static la_int64_t seek_input(struct archive *reader, void *payload, la_int64_t by, int whence) {
    ArchiveInput *input = payload;
    la_int64_t from = whence == SEEK_SET   ? 0
                      : whence == SEEK_CUR ? (la_int64_t)input->at
                                           : (la_int64_t)input->size;
    if (from + by < 0) {
        archive_set_error(reader, EINVAL, "a negative position");
        return ARCHIVE_FATAL;
    }
    input->at = (uint64_t)(from + by);
    return (la_int64_t)input->at;
}

static bool archive_unpack_open_reader(struct archive *reader, ArchiveInput *input) {
    archive_read_support_filter_gzip(reader);
    archive_read_support_filter_bzip2(reader);
    archive_read_support_filter_xz(reader);
    archive_read_support_filter_zstd(reader);
    archive_read_support_format_tar(reader);
    archive_read_support_format_zip(reader);
    archive_read_set_read_callback(reader, archive_unpack_read_input);
    archive_read_set_seek_callback(reader, seek_input);
    archive_read_set_callback_data(reader, input);
    return archive_read_open1(reader) == ARCHIVE_OK;
}

static bool report_archive(Unpack *unpack, struct archive *reader) {
    const char *text = archive_error_string(reader);
    Str clean =
        utf8_strip_controls(str_from_cstr(text ? text : "it cannot be read"), unpack->arena);
    *unpack->problem =
        str_format(unpack->arena, "it is not an archive that loam can read (%.*s)", STR_ARG(clean));
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

static bool copy_content(Unpack *unpack, struct archive *reader, Str name, UnpackFile *open) {
    char *piece = arena_alloc(unpack->arena, PIECE_SIZE);
    for (;;) {
        la_ssize_t got = archive_read_data(reader, piece, PIECE_SIZE);
        if (got == 0)
            return true;
        if (got < 0)
            return report_archive(unpack, reader);
        if ((uint64_t)got > unpack->left.bytes)
            return report_entry(unpack, name, "exceeds the maximum size of a package");
        unpack->left.bytes -= (uint64_t)got;
        int status = open->disk->append(open->disk->self, open->file, (Str){piece, (size_t)got});
        if (status != 0)
            return report_entry(unpack, name, "cannot be written: %s", strerror(-status));
    }
}

static bool unpack_file(Unpack *unpack, struct archive *reader, Str name, bool is_program) {
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
    bool ok = copy_content(&here, reader, name, &open);
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

static bool note_link(Unpack *unpack, struct archive_entry *entry, Str name) {
    const char *target = archive_entry_symlink(entry);
    if (!target || !target[0])
        return report_entry(unpack, name, "is a link to a missing file");
    vec_push(unpack->arena, &unpack->links,
             (UnpackLink){disk_join(unpack->directory, name, unpack->arena),
                          str_clone(str_from_cstr(target), unpack->arena)});
    return true;
}

static bool unpack_entry(Unpack *unpack, struct archive *reader, struct archive_entry *entry) {
    const char *text = archive_entry_pathname(entry);
    Str whole = str_clone(str_from_cstr(text), unpack->arena);
    Str name;
    if (unpack->left.entries-- == 0)
        return report_entry(unpack, whole, "exceeds the maximum number of entries");
    if (!archive_unpack_check_name(unpack, whole, &name))
        return false;
    if (archive_entry_hardlink(entry))
        return report_entry(unpack, whole, "is a hard link, which loam does not support");
    if (!name.len && archive_entry_filetype(entry) != AE_IFDIR)
        return report_entry(unpack, whole, "has an invalid path");
    switch (archive_entry_filetype(entry)) {
    case AE_IFDIR: return !name.len || unpack_directory(unpack, name);
    case AE_IFLNK: return note_link(unpack, entry, name);
    case AE_IFREG: return unpack_file(unpack, reader, name, archive_entry_perm(entry) & 0100);
    default: return report_entry(unpack, whole, "is not a file, directory or link");
    }
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

static bool unpack_all(Unpack *unpack, struct archive *reader) {
    for (;;) {
        struct archive_entry *entry;
        int status = archive_read_next_header(reader, &entry);
        if (status == ARCHIVE_EOF)
            return make_links(unpack);
        if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
            return report_archive(unpack, reader);
        if (!unpack_entry(unpack, reader, entry))
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
    SCOPED(ArchiveReader) reader = archive_read_new();
    Unpack unpack = {.disk = io->disk,
                     .directory = directory,
                     .left = limits,
                     .arena = arena,
                     .problem = problem};
    ArchiveInput input = {.open = &open, .piece = arena_alloc(arena, PIECE_SIZE)};
    int status = io->disk->open(io->disk->self, path, DISK_READ, 0, &open.file);
    if (status == 0)
        status = io->disk->size(io->disk->self, open.file, &input.size);
    if (status != 0) {
        *problem = str_format(arena, "it cannot be read: %s", strerror(-status));
        return false;
    }
    if (!check_entry_count(&unpack, &open, input.size))
        return false;
    if (!archive_unpack_open_reader(reader, &input))
        return report_archive(&unpack, reader);
    return unpack_all(&unpack, reader);
}
