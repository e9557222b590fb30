/* tar: libarchive decodes and encodes, Disk reads and writes. */
#include "tar.h"
#include "problem.h"
#include "utf8.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define PIECE_SIZE ((size_t)65536)

typedef struct TarReader {
    const Disk *disk;
    DiskFile file;
    uint64_t at;
    struct archive *archive;
    char *piece;
    bool is_strict; /* tar_each_entry */
    Arena *arena;
} TarReader;

static void tar_reader_release(TarReader *reader) {
    if (reader->archive)
        archive_read_free(reader->archive);
    if (reader->file.handle)
        reader->disk->close(reader->disk->self, reader->file);
}
SCOPED_TYPE(TarReader, tar_reader_release);

static Str error_text(struct archive *archive, Arena *arena) {
    const char *text = archive_error_string(archive);
    return utf8_strip_controls(str_from_cstr(text ? text : "it cannot be read"), arena);
}

static la_ssize_t tar_read_input(struct archive *archive, void *payload, const void **bytes) {
    TarReader *reader = payload;
    size_t got = 0;
    int error = reader->disk->read(reader->disk->self, reader->file, reader->at, reader->piece,
                                   PIECE_SIZE, &got);
    if (error) {
        archive_set_error(archive, -error, "%s", strerror(-error));
        return ARCHIVE_FATAL;
    }
    reader->at += got;
    *bytes = reader->piece;
    return (la_ssize_t)got;
}

static bool fail_reading(TarReader *reader, Str *problem) {
    return problem_set(problem, reader->arena, "it is not a %s archive that loam can read (%.*s)",
                       reader->is_strict ? ".tar.zst" : "tar",
                       STR_ARG(error_text(reader->archive, reader->arena)));
}

static bool tar_open_reader(TarReader *reader, Str path, Str *problem) {
    int error = reader->disk->open(reader->disk->self, path, DISK_READ, 0, &reader->file);
    if (error)
        return problem_set(problem, reader->arena, "it cannot be read: %s", strerror(-error));
    reader->archive = archive_read_new();
    if (!reader->is_strict) {
        archive_read_support_filter_gzip(reader->archive);
        archive_read_support_filter_xz(reader->archive);
    }
    archive_read_support_filter_zstd(reader->archive);
    archive_read_support_format_tar(reader->archive);
    archive_read_set_read_callback(reader->archive, tar_read_input);
    archive_read_set_callback_data(reader->archive, reader);
    return archive_read_open1(reader->archive) == ARCHIVE_OK || fail_reading(reader, problem);
}

static TarEntry tar_entry_of(TarReader *reader, struct archive_entry *entry) {
    bool is_file = archive_entry_filetype(entry) == AE_IFREG;
    Str path = str_clone(str_from_cstr(archive_entry_pathname(entry)), reader->arena);
    if (!reader->is_strict && str_starts_with(path, STR("./")))
        path = str_after(path, 2);
    if (reader->is_strict)
        is_file = is_file && archive_entry_size_is_set(entry) && archive_entry_size(entry) >= 0;
    return (TarEntry){
        .path = path,
        .kind = archive_entry_hardlink(entry) || archive_entry_symlink(entry) ? TAR_LINK
                : archive_entry_filetype(entry) == AE_IFDIR                   ? TAR_DIRECTORY
                : is_file                                                     ? TAR_FILE
                                                                              : TAR_OTHER,
        .size = (uint64_t)archive_entry_size(entry),
        .reader = reader,
    };
}

static bool tar_walk(TarReader *reader, Str path, TarVisit *visit, void *payload, Str *problem) {
    if (!tar_open_reader(reader, path, problem))
        return false;
    for (;;) {
        struct archive_entry *entry;
        int status = archive_read_next_header(reader->archive, &entry);
        if (status == ARCHIVE_EOF)
            return true;
        if (status != ARCHIVE_OK && (status != ARCHIVE_WARN || reader->is_strict))
            return fail_reading(reader, problem);
        TarEntry found = tar_entry_of(reader, entry);
        if (found.kind != TAR_FILE && !reader->is_strict)
            continue;
        TarNext next = visit(&found, payload, problem);
        if (next != TAR_CONTINUE)
            return next == TAR_STOP;
    }
}

bool tar_each(const Disk *disk, Str path, TarVisit *visit, void *payload, Str *problem,
              Arena *arena) {
    SCOPED(TarReader)
    reader = {.disk = disk, .piece = arena_alloc(arena, PIECE_SIZE), .arena = arena};
    return tar_walk(&reader, path, visit, payload, problem);
}

bool tar_each_entry(const Disk *disk, Str path, TarVisit *visit, void *payload, Str *problem,
                    Arena *arena) {
    SCOPED(TarReader)
    reader = {
        .disk = disk, .piece = arena_alloc(arena, PIECE_SIZE), .is_strict = true, .arena = arena};
    return tar_walk(&reader, path, visit, payload, problem);
}

bool tar_entry_read(const TarEntry *entry, char *out, size_t size, size_t *got, Str *problem) {
    TarReader *reader = entry->reader;
    la_ssize_t count = archive_read_data(reader->archive, out, size);
    *got = count < 0 ? 0 : (size_t)count;
    return count >= 0 || fail_reading(reader, problem);
}

/* Writing. */

struct TarWriter {
    const Disk *disk;
    DiskFile file;
    struct archive *archive;
    Arena *arena;
    int error; /* of the disk */
    bool has_failed;
};

static la_ssize_t tar_write_output(struct archive *archive, void *payload, const void *bytes,
                                   size_t size) {
    TarWriter *writer = payload;
    writer->error = writer->disk->append(writer->disk->self, writer->file, (Str){bytes, size});
    if (!writer->error)
        return (la_ssize_t)size;
    archive_set_error(archive, -writer->error, "%s", strerror(-writer->error));
    return ARCHIVE_FATAL;
}

TarWriter *tar_writer_open(const Disk *disk, Str path, bool compresses, Str *problem,
                           Arena *arena) {
    TarWriter *writer = arena_new(arena, TarWriter);
    *writer = (TarWriter){.disk = disk, .arena = arena};
    int error = disk->open(disk->self, path, DISK_WRITE | DISK_CREATE | DISK_TRUNCATE | DISK_APPEND,
                           0644, &writer->file);
    if (error) {
        *problem = str_format(arena, "it cannot be written: %s", strerror(-error));
        return NULL;
    }
    writer->archive = archive_write_new();
    archive_write_set_format_pax_restricted(writer->archive);
    archive_write_set_bytes_in_last_block(writer->archive, 1); /* zstd rejects padding */
    if (compresses) {
        archive_write_add_filter_zstd(writer->archive);
        archive_write_set_filter_option(writer->archive, "zstd", "compression-level", "3");
    }
    writer->has_failed =
        archive_write_open(writer->archive, writer, NULL, tar_write_output, NULL) != ARCHIVE_OK;
    return writer;
}

bool tar_writer_start(TarWriter *writer, Str path, uint64_t size, uint32_t mode) {
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, str_to_cstr(path, writer->arena));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, mode);
    archive_entry_set_size(entry, (la_int64_t)size);
    archive_entry_set_mtime(entry, 0, 0);
    writer->has_failed =
        writer->has_failed || archive_write_header(writer->archive, entry) != ARCHIVE_OK;
    archive_entry_free(entry);
    return !writer->has_failed;
}

bool tar_writer_add(TarWriter *writer, Str bytes) {
    writer->has_failed =
        writer->has_failed ||
        archive_write_data(writer->archive, bytes.ptr, bytes.len) != (la_ssize_t)bytes.len;
    return !writer->has_failed;
}

bool tar_writer_close(TarWriter *writer, Str *problem) {
    if (!writer)
        return false;
    const Disk *disk = writer->disk;
    if (!writer->has_failed && archive_write_close(writer->archive) != ARCHIVE_OK)
        writer->has_failed = true;
    if (writer->has_failed)
        *problem = str_format(writer->arena, "it cannot be written: %.*s",
                              STR_ARG(error_text(writer->archive, writer->arena)));
    archive_write_free(writer->archive);
    int error = writer->has_failed ? 0 : disk->sync(disk->self, writer->file);
    if (error)
        *problem = str_format(writer->arena, "it cannot be written: %s", strerror(-error));
    disk->close(disk->self, writer->file);
    return !writer->has_failed && !error;
}
