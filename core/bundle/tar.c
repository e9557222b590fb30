/* tar: the plugin of archives decodes and encodes, Disk reads and writes. */
#include "tar.h"
#include "archives.h"
#include "problem.h"

typedef struct TarReader {
    const Disk *disk;
    DiskFile file;
    const Archives *archives;
    ArchiveReader *reader;
    bool is_strict; /* tar_each_entry */
    Arena *arena;
} TarReader;

static void tar_reader_release(TarReader *reader) {
    if (reader->reader)
        reader->archives->close(reader->reader);
    if (reader->file.handle)
        reader->disk->close(reader->disk->self, reader->file);
}
SCOPED_TYPE(TarReader, tar_reader_release);

static bool fail_reading(TarReader *reader, Str *problem) {
    return problem_set(problem, reader->arena, "it is not a %s archive that loam can read (%.*s)",
                       reader->is_strict ? ".tar.zst" : "tar",
                       STR_ARG(reader->archives->fault(reader->reader, reader->arena)));
}

static bool tar_open_reader(TarReader *reader, Str path, Str *problem) {
    unsigned compressions =
        reader->is_strict ? ARCHIVES_ZSTD : ARCHIVES_GZIP | ARCHIVES_XZ | ARCHIVES_ZSTD;
    reader->archives = archives_load(problem, reader->arena);
    if (!reader->archives)
        return false;
    int error = reader->disk->open(reader->disk->self, path, DISK_READ, 0, &reader->file);
    if (error)
        return problem_set(problem, reader->arena, "it cannot be read: %s", strerror(-error));
    ArchiveInput input = {
        .forms = ARCHIVES_TAR | compressions, .disk = reader->disk, .file = reader->file};
    reader->reader = reader->archives->open(&input, reader->arena);
    return true;
}

static TarEntry tar_entry_of(TarReader *reader, const ArchiveMember *member) {
    static const TarKind kinds[] = {
        [ARCHIVED_FILE] = TAR_FILE,
        [ARCHIVED_DIRECTORY] = TAR_DIRECTORY,
        [ARCHIVED_LINK] = TAR_LINK,
        [ARCHIVED_OTHER] = TAR_OTHER,
    };
    bool has_dot = !reader->is_strict && str_starts_with(member->path, STR("./"));
    TarEntry entry = {
        .path = str_after(member->path, has_dot ? 2 : 0),
        .kind = member->is_hard_link || member->target.len ? TAR_LINK : kinds[member->kind],
        .size = (uint64_t)member->size,
        .reader = reader,
    };
    if (entry.kind == TAR_FILE && reader->is_strict && (!member->has_size || member->size < 0))
        entry.kind = TAR_OTHER;
    return entry;
}

static bool tar_walk(TarReader *reader, Str path, TarVisit *visit, void *payload, Str *problem) {
    if (!tar_open_reader(reader, path, problem))
        return false;
    for (;;) {
        ArchiveMember member;
        ArchiveStep step = reader->archives->next(reader->reader, &member, reader->arena);
        if (step == ARCHIVES_END)
            return true;
        if (step == ARCHIVES_BROKEN || (step == ARCHIVES_DOUBTFUL && reader->is_strict))
            return fail_reading(reader, problem);
        TarEntry found = tar_entry_of(reader, &member);
        if (found.kind != TAR_FILE && !reader->is_strict)
            continue;
        TarNext next = visit(&found, payload, problem);
        if (next != TAR_CONTINUE)
            return next == TAR_STOP;
    }
}

bool tar_each(const Disk *disk, Str path, TarVisit *visit, void *payload, Str *problem,
              Arena *arena) {
    SCOPED(TarReader) reader = {.disk = disk, .arena = arena};
    return tar_walk(&reader, path, visit, payload, problem);
}

bool tar_each_entry(const Disk *disk, Str path, TarVisit *visit, void *payload, Str *problem,
                    Arena *arena) {
    SCOPED(TarReader) reader = {.disk = disk, .is_strict = true, .arena = arena};
    return tar_walk(&reader, path, visit, payload, problem);
}

bool tar_entry_read(const TarEntry *entry, char *out, size_t size, size_t *got, Str *problem) {
    TarReader *reader = entry->reader;
    int64_t count = reader->archives->read(reader->reader, out, size);
    *got = count < 0 ? 0 : (size_t)count;
    return count >= 0 || fail_reading(reader, problem);
}

/* Writing. */

struct TarWriter {
    const Disk *disk;
    DiskFile file;
    const Archives *archives;
    ArchiveWriter *writer;
    Arena *arena;
};

static int tar_write_output(void *payload, Str bytes) {
    const TarWriter *writer = payload;
    return writer->disk->append(writer->disk->self, writer->file, bytes);
}

TarWriter *tar_writer_open(const Disk *disk, Str path, bool compresses, Str *problem,
                           Arena *arena) {
    const Archives *archives = archives_load(problem, arena);
    if (!archives)
        return NULL;
    TarWriter *writer = arena_new(arena, TarWriter);
    *writer = (TarWriter){.disk = disk, .archives = archives, .arena = arena};
    int error = disk->open(disk->self, path, DISK_WRITE | DISK_CREATE | DISK_TRUNCATE | DISK_APPEND,
                           0644, &writer->file);
    if (error) {
        *problem = str_format(arena, "it cannot be written: %s", strerror(-error));
        return NULL;
    }
    ArchiveOutput output = {
        .forms = ARCHIVES_TAR | (compresses ? ARCHIVES_ZSTD : 0),
        .write = tar_write_output,
        .payload = writer,
    };
    writer->writer = archives->create(&output, arena);
    return writer;
}

bool tar_writer_start(TarWriter *writer, Str path, uint64_t size, uint32_t mode) {
    ArchiveMember member = {.path = path, .mode = mode, .size = (int64_t)size};
    return writer->archives->start(writer->writer, &member);
}

bool tar_writer_add(TarWriter *writer, Str bytes) {
    return writer->archives->add(writer->writer, bytes);
}

bool tar_writer_close(TarWriter *writer, Str *problem) {
    if (!writer)
        return false;
    const Disk *disk = writer->disk;
    Str fault;
    bool is_complete = writer->archives->finish(writer->writer, &fault, writer->arena);
    if (!is_complete)
        *problem = str_format(writer->arena, "it cannot be written: %.*s", STR_ARG(fault));
    int error = is_complete ? disk->sync(disk->self, writer->file) : 0;
    if (error)
        *problem = str_format(writer->arena, "it cannot be written: %s", strerror(-error));
    disk->close(disk->self, writer->file);
    return is_complete && !error;
}
