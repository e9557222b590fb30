/* libarchive decodes and encodes; Disk reads. */
#include "archives.h"
#include "utf8.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define PIECE_SIZE ((size_t)65536)

struct ArchiveReader {
    struct archive *archive;
    ArchiveInput input;
    uint64_t at; /* in the file */
    char *piece;
    bool is_open;
};

struct ArchiveWriter {
    struct archive *archive;
    ArchiveOutput output;
    Arena *arena;
    bool has_failed;
};

static Str archives_fault(struct archive *archive, Arena *arena) {
    const char *text = archive_error_string(archive);
    return utf8_strip_controls(str_from_cstr(text ? text : "it cannot be read"), arena);
}

/* Reading. */

static la_ssize_t archives_read_disk(struct archive *archive, void *payload, const void **bytes) {
    ArchiveReader *reader = payload;
    const Disk *disk = reader->input.disk;
    size_t got = 0;
    int error =
        disk->read(disk->self, reader->input.file, reader->at, reader->piece, PIECE_SIZE, &got);
    if (error) {
        archive_set_error(archive, -error, "%s", strerror(-error));
        return ARCHIVE_FATAL;
    }
    reader->at += got;
    *bytes = reader->piece;
    return (la_ssize_t)got;
}

static la_int64_t archives_seek_disk(struct archive *archive, void *payload, la_int64_t by,
                                     int whence) {
    ArchiveReader *reader = payload;
    la_int64_t from = whence == SEEK_SET   ? 0
                      : whence == SEEK_CUR ? (la_int64_t)reader->at
                                           : (la_int64_t)reader->input.size;
    if (from + by < 0) {
        archive_set_error(archive, EINVAL, "a negative position");
        return ARCHIVE_FATAL;
    }
    reader->at = (uint64_t)(from + by);
    return (la_int64_t)reader->at;
}

static void archives_accept(struct archive *archive, unsigned forms) {
    static const struct {
        ArchiveForm form;
        int (*support)(struct archive *);
    } rows[] = {
        {ARCHIVES_GZIP, archive_read_support_filter_gzip},
        {ARCHIVES_BZIP2, archive_read_support_filter_bzip2},
        {ARCHIVES_XZ, archive_read_support_filter_xz},
        {ARCHIVES_ZSTD, archive_read_support_filter_zstd},
        {ARCHIVES_TAR, archive_read_support_format_tar},
        {ARCHIVES_ZIP, archive_read_support_format_zip},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        if (forms & rows[i].form)
            rows[i].support(archive);
    }
}

static ArchiveReader *archives_open(const ArchiveInput *input, Arena *arena) {
    ArchiveReader *reader = arena_new(arena, ArchiveReader);
    *reader = (ArchiveReader){.archive = archive_read_new(), .input = *input};
    archives_accept(reader->archive, input->forms);
    if (!input->disk) {
        reader->is_open = archive_read_open_memory(reader->archive, input->bytes.ptr,
                                                   input->bytes.len) == ARCHIVE_OK;
        return reader;
    }
    reader->piece = arena_alloc(arena, PIECE_SIZE);
    archive_read_set_read_callback(reader->archive, archives_read_disk);
    if (input->forms & ARCHIVES_ZIP)
        archive_read_set_seek_callback(reader->archive, archives_seek_disk);
    archive_read_set_callback_data(reader->archive, reader);
    reader->is_open = archive_read_open1(reader->archive) == ARCHIVE_OK;
    return reader;
}

static ArchiveKind archives_kind(struct archive_entry *entry) {
    switch (archive_entry_filetype(entry)) {
    case AE_IFREG: return ARCHIVED_FILE;
    case AE_IFDIR: return ARCHIVED_DIRECTORY;
    case AE_IFLNK: return ARCHIVED_LINK;
    default: return ARCHIVED_OTHER;
    }
}

static ArchiveStep archives_next(ArchiveReader *reader, ArchiveMember *out, Arena *arena) {
    struct archive_entry *entry;
    int status =
        reader->is_open ? archive_read_next_header(reader->archive, &entry) : ARCHIVE_FATAL;
    if (status == ARCHIVE_EOF)
        return ARCHIVES_END;
    if (status != ARCHIVE_OK && status != ARCHIVE_WARN)
        return ARCHIVES_BROKEN;
    const char *target = archive_entry_symlink(entry);
    *out = (ArchiveMember){
        .path = str_clone(str_from_cstr(archive_entry_pathname(entry)), arena),
        .kind = archives_kind(entry),
        .is_hard_link = archive_entry_hardlink(entry) != NULL,
        .target = target ? str_clone(str_from_cstr(target), arena) : STR_EMPTY,
        .mode = archive_entry_perm(entry),
        .size = archive_entry_size(entry),
        .has_size = archive_entry_size_is_set(entry),
    };
    return status == ARCHIVE_OK ? ARCHIVES_MEMBER : ARCHIVES_DOUBTFUL;
}

static int64_t archives_read(ArchiveReader *reader, char *out, size_t size) {
    la_ssize_t got = archive_read_data(reader->archive, out, size);
    return got < 0 ? -1 : got;
}

static Str archives_reader_fault(const ArchiveReader *reader, Arena *arena) {
    return archives_fault(reader->archive, arena);
}

static void archives_close(ArchiveReader *reader) {
    archive_read_free(reader->archive);
}

/* Writing. */

static la_ssize_t archives_write_output(struct archive *archive, void *payload, const void *bytes,
                                        size_t size) {
    const ArchiveWriter *writer = payload;
    int error = writer->output.write(writer->output.payload, (Str){bytes, size});
    if (!error)
        return (la_ssize_t)size;
    archive_set_error(archive, -error, "%s", strerror(-error));
    return ARCHIVE_FATAL;
}

static ArchiveWriter *archives_create(const ArchiveOutput *output, Arena *arena) {
    ArchiveWriter *writer = arena_new(arena, ArchiveWriter);
    struct archive *archive = archive_write_new();
    *writer = (ArchiveWriter){.archive = archive, .output = *output, .arena = arena};
    if (output->forms & ARCHIVES_ZIP) {
        writer->has_failed = archive_write_set_format_zip(archive) != ARCHIVE_OK ||
                             archive_write_set_bytes_per_block(archive, 0) != ARCHIVE_OK;
    } else {
        archive_write_set_format_pax_restricted(archive);
        archive_write_set_bytes_in_last_block(archive, 1); /* zstd rejects padding */
    }
    if (output->forms & ARCHIVES_ZSTD) {
        archive_write_add_filter_zstd(archive);
        archive_write_set_filter_option(archive, "zstd", "compression-level", "3");
    }
    writer->has_failed =
        writer->has_failed ||
        archive_write_open(archive, writer, NULL, archives_write_output, NULL) != ARCHIVE_OK;
    return writer;
}

static bool archives_start(ArchiveWriter *writer, const ArchiveMember *member) {
    struct archive_entry *entry = archive_entry_new();
    archive_entry_set_pathname(entry, str_to_cstr(member->path, writer->arena));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, member->mode);
    archive_entry_set_size(entry, member->size);
    archive_entry_set_mtime(entry, (time_t)member->time_s, 0);
    writer->has_failed =
        writer->has_failed || archive_write_header(writer->archive, entry) != ARCHIVE_OK;
    archive_entry_free(entry);
    return !writer->has_failed;
}

static bool archives_add(ArchiveWriter *writer, Str bytes) {
    writer->has_failed =
        writer->has_failed ||
        archive_write_data(writer->archive, bytes.ptr, bytes.len) != (la_ssize_t)bytes.len;
    return !writer->has_failed;
}

static bool archives_finish(ArchiveWriter *writer, Str *fault, Arena *arena) {
    if (!writer->has_failed && archive_write_close(writer->archive) != ARCHIVE_OK)
        writer->has_failed = true;
    if (writer->has_failed)
        *fault = archives_fault(writer->archive, arena);
    archive_write_free(writer->archive);
    return !writer->has_failed;
}

const Archives libarchive_archives = {
    .open = archives_open,
    .next = archives_next,
    .read = archives_read,
    .fault = archives_reader_fault,
    .close = archives_close,
    .create = archives_create,
    .start = archives_start,
    .add = archives_add,
    .finish = archives_finish,
};
