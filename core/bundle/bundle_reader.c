/* bundle_reader: reads the files of a bundle one after the other, and compares each with the list.
 *
 * Symbolic and hard links, devices, invalid paths and duplicate entries are errors. The three files
 * that describe the bundle come first; an archive that has them later is rejected, so every other
 * file is compared with its entry before its content is read. */
#include "bundle_reader.h"

#include "digest.h"
#include "str_quote.h"
#include "utf8.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#define INPUT_SIZE ((size_t)65536)   /* of one read of an archive */
#define PIECE_SIZE ((size_t)1 << 20) /* of one read of an entry */

typedef struct BundleSource BundleSource;

/* A file of the source; valid until the visit returns. */
typedef struct BundleEntry {
    Str path;
    uint64_t size; /* from the directory or the archive header */
    BundleSource *source;
} BundleEntry;

typedef enum BundleNext { BUNDLE_CONTINUE, BUNDLE_STOP, BUNDLE_FAILED } BundleNext;
typedef BundleNext BundleVisit(const BundleEntry *entry, void *payload, Str *problem);

static const char *const head_names[] = {BUNDLE_SUMS, BUNDLE_SIGNATURE, BUNDLE_MANIFEST};

struct BundleSource {
    const Disk *disk;
    Str path;
    BundleVisit *visit;
    void *payload;
    Str *problem;
    Arena *arena;
    struct archive *reader; /* NULL: a directory */
    DiskFile file;          /* the archive, or the open file of the directory */
    uint64_t at;            /* in `file`: bytes read */
    uint64_t left;          /* bytes of the entry that are not yet read */
    Map seen;
    char *piece;
    bool is_past_head;
};

static void source_release(BundleSource *source) {
    if (source->reader)
        archive_read_free(source->reader);
    if (source->file.handle)
        source->disk->close(source->disk->self, source->file);
}
SCOPED_TYPE(BundleSource, source_release);

static bool PRINTF_LIKE(2, 3) fail_source(BundleSource *source, const char *format, ...) {
    va_list args;
    va_start(args, format);
    *source->problem = str_vformat(source->arena, format, args);
    va_end(args);
    return false;
}

static bool PRINTF_LIKE(3, 4) fail_entry(BundleSource *source, Str path, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str why = str_vformat(source->arena, format, args);
    va_end(args);
    return fail_source(source, "its entry %.*s %.*s",
                       STR_ARG(str_quote(str_slice(path, 0, 200), source->arena)), STR_ARG(why));
}

static bool is_head(Str path) {
    for (size_t i = 0; i < ARRAY_COUNT(head_names); i++) {
        if (str_equal_cstr(path, head_names[i]))
            return true;
    }
    return false;
}

/* Calls the visit for one file. Returns false if the walk must end; *is_good is false after an
 * error.
 */
static bool visit_entry(BundleSource *source, Str path, uint64_t size, bool *is_good) {
    bool belongs_to_head = is_head(path);
    *is_good = false;
    if (!belongs_to_head && !bundle_path_is_valid(path))
        return fail_entry(source, path, "has an invalid path");
    if (map_has(&source->seen, path))
        return fail_entry(source, path, "occurs twice");
    if (source->seen.count > BUNDLE_FILES_MAX + ARRAY_COUNT(head_names))
        return fail_source(source, "it has more than %zu files", BUNDLE_FILES_MAX);
    if (belongs_to_head && source->is_past_head)
        return fail_entry(source, path, "comes after other files");
    if (size > (belongs_to_head ? BUNDLE_HEAD_SIZE_MAX : BUNDLE_FILE_SIZE_MAX))
        return fail_entry(source, path, "is too large");
    map_put(source->arena, &source->seen, path, source);
    source->is_past_head = !belongs_to_head;
    source->left = size;
    BundleEntry entry = {path, size, source};
    BundleNext next = source->visit(&entry, source->payload, source->problem);
    *is_good = next != BUNDLE_FAILED;
    return next == BUNDLE_CONTINUE;
}

/* Directories. */

static void close_file(BundleSource *source) {
    if (source->file.handle)
        source->disk->close(source->disk->self, source->file);
    source->file = (DiskFile){0};
}

static bool is_link(BundleSource *source, Str path) {
    Str target;
    return source->disk->read_link(source->disk->self, path, &target, source->arena) == 0;
}

static bool visit_file(BundleSource *source, Str name, bool *is_good) {
    const Disk *disk = source->disk;
    Str path = disk_join(source->path, name, source->arena);
    uint64_t size = 0;
    *is_good = false;
    if (is_link(source, path))
        return fail_entry(source, name, "is a symbolic link");
    int error = disk->open(disk->self, path, DISK_READ, 0, &source->file);
    if (!error)
        error = disk->size(disk->self, source->file, &size);
    source->at = 0;
    bool goes_on = error ? fail_entry(source, name, "cannot be read: %s", strerror(-error))
                         : visit_entry(source, name, size, is_good);
    close_file(source);
    return goes_on;
}

static bool visit_directory(BundleSource *source, Str name, bool *is_good);

static bool visit_listed(BundleSource *source, Str name, DiskKind kind, bool *is_good) {
    *is_good = false;
    if (kind == DISK_FILE)
        return visit_file(source, name, is_good);
    if (kind == DISK_DIRECTORY && !is_link(source, disk_join(source->path, name, source->arena)))
        return visit_directory(source, name, is_good);
    return fail_entry(source, name, "is not a file or directory");
}

static bool visit_directory(BundleSource *source, Str name, bool *is_good) {
    DiskEntries entries = {0};
    Str path = name.len ? disk_join(source->path, name, source->arena) : source->path;
    int error = source->disk->list(source->disk->self, path, &entries, source->arena);
    *is_good = !error;
    if (error)
        return fail_entry(source, name, "cannot be read: %s", strerror(-error));
    vec_each(&entries, entry) {
        Str child = name.len ? disk_join(name, entry->name, source->arena) : entry->name;
        if (!is_head(child) && !visit_listed(source, child, entry->kind, is_good))
            return false;
    }
    return true;
}

static bool walk_directory(BundleSource *source) {
    bool is_good = true;
    for (size_t i = 0; i < ARRAY_COUNT(head_names); i++) {
        Str name = str_from_cstr(head_names[i]);
        Str path = disk_join(source->path, name, source->arena);
        if (disk_exists(source->disk, path) && !visit_file(source, name, &is_good))
            return is_good;
    }
    (void)visit_directory(source, STR_EMPTY, &is_good);
    return is_good;
}

/* Archives. */

static la_ssize_t read_input(struct archive *reader, void *payload, const void **bytes) {
    BundleSource *source = payload;
    size_t got = 0;
    int error = source->disk->read(source->disk->self, source->file, source->at, source->piece,
                                   INPUT_SIZE, &got);
    if (error) {
        archive_set_error(reader, -error, "%s", strerror(-error));
        return ARCHIVE_FATAL;
    }
    source->at += got;
    *bytes = source->piece;
    return (la_ssize_t)got;
}

static bool fail_archive(BundleSource *source) {
    const char *text = archive_error_string(source->reader);
    Str clean =
        utf8_strip_controls(str_from_cstr(text ? text : "it cannot be read"), source->arena);
    return fail_source(source, "it is not a .tar.zst archive that loam can read (%.*s)",
                       STR_ARG(clean));
}

static bool visit_archived(BundleSource *source, struct archive_entry *entry, bool *is_good) {
    const char *text = archive_entry_pathname(entry);
    Str path = str_clone(str_from_cstr(text), source->arena);
    *is_good = false;
    if (archive_entry_hardlink(entry) || archive_entry_symlink(entry))
        return fail_entry(source, path, "is a link");
    if (archive_entry_filetype(entry) == AE_IFDIR) {
        *is_good = true;
        return true;
    }
    if (archive_entry_filetype(entry) != AE_IFREG || !archive_entry_size_is_set(entry) ||
        archive_entry_size(entry) < 0)
        return fail_entry(source, path, "is not a file or directory");
    return visit_entry(source, path, (uint64_t)archive_entry_size(entry), is_good);
}

static bool walk_archive(BundleSource *source) {
    source->reader = archive_read_new();
    archive_read_support_filter_zstd(source->reader);
    archive_read_support_format_tar(source->reader);
    archive_read_set_read_callback(source->reader, read_input);
    archive_read_set_callback_data(source->reader, source);
    if (archive_read_open1(source->reader) != ARCHIVE_OK)
        return fail_archive(source);
    for (;;) {
        struct archive_entry *entry;
        bool is_good;
        int status = archive_read_next_header(source->reader, &entry);
        if (status == ARCHIVE_EOF)
            return true;
        if (status != ARCHIVE_OK)
            return fail_archive(source);
        if (!visit_archived(source, entry, &is_good))
            return is_good;
    }
}

static bool read_archive_entry(BundleSource *source, char *out, size_t size, size_t *got) {
    la_ssize_t count = archive_read_data(source->reader, out, size);
    *got = count < 0 ? 0 : (size_t)count;
    return count >= 0 || fail_archive(source);
}

static bool read_file_entry(BundleSource *source, char *out, size_t size, size_t *got) {
    const Disk *disk = source->disk;
    int error = disk->read(disk->self, source->file, source->at, out, size, got);
    source->at += *got;
    return !error || fail_source(source, "it cannot be read: %s", strerror(-error));
}

/* Reads the next bytes of the entry's content; *got is 0 at its end. An error if the content is
 * longer or shorter than `size`. */
static bool source_read(
    const BundleEntry *entry, char *out, size_t size, size_t *got, Str *problem) {
    BundleSource *source = entry->source;
    source->problem = problem;
    bool is_read = source->reader ? read_archive_entry(source, out, size, got)
                                  : read_file_entry(source, out, size, got);
    if (!is_read)
        return false;
    if (*got > source->left || (*got == 0 && source->left > 0))
        return fail_entry(source, entry->path, "does not have the size that it claims");
    source->left -= *got;
    return true;
}

/* Calls `visit` for each file of a directory or a .tar.zst. Returns false with *problem, the end of
 * a sentence, if the source or a visit fails. */
static bool source_each(
    const Disk *disk, Str path, BundleVisit *visit, void *payload, Str *problem, Arena *arena) {
    DiskStat stat;
    SCOPED(BundleSource)
    source = {.disk = disk,
              .path = path,
              .visit = visit,
              .payload = payload,
              .problem = problem,
              .arena = arena,
              .piece = arena_alloc(arena, INPUT_SIZE)};
    int error = disk->stat(disk->self, path, &stat);
    if (!error && stat.kind == DISK_DIRECTORY)
        return walk_directory(&source);
    if (!error && stat.kind != DISK_FILE)
        return fail_source(&source, "it is not a file or directory");
    if (!error)
        error = disk->open(disk->self, path, DISK_READ, 0, &source.file);
    return error ? fail_source(&source, "it cannot be read: %s", strerror(-error))
                 : walk_archive(&source);
}

/* Comparison with the list. */

typedef struct Reading {
    const BundleRequest *request;
    BundleHead head;
    Bundle *bundle;
    Str directory; /* where files are written; empty: nowhere */
    size_t file_count;
    bool is_decoded;
    bool is_head_enough;
    char *piece;
    Arena *arena;
} Reading;

typedef struct OpenFile {
    const Disk *disk;
    DiskFile file;
} OpenFile;
static void open_file_release(OpenFile *open) {
    if (open->file.handle)
        open->disk->close(open->disk->self, open->file);
}
SCOPED_TYPE(OpenFile, open_file_release);

static BundleNext PRINTF_LIKE(3, 4) fail(Reading *reading, Str *problem, const char *format, ...) {
    va_list args;
    va_start(args, format);
    *problem = str_vformat(reading->arena, format, args);
    va_end(args);
    return BUNDLE_FAILED;
}

/* Reads one of the small files that describe the bundle. */
static BundleNext read_head(Reading *reading, const BundleEntry *entry, Str *problem) {
    char *bytes = arena_alloc(reading->arena, entry->size + 1);
    size_t at = 0, got;
    do {
        if (!source_read(entry, bytes + at, entry->size + 1 - at, &got, problem))
            return BUNDLE_FAILED;
        at += got;
    } while (got);
    Str text = {bytes, at};
    if (str_equal(entry->path, STR(BUNDLE_SUMS)))
        reading->head.sums = text;
    else if (str_equal(entry->path, STR(BUNDLE_SIGNATURE)))
        reading->head.signature = text;
    else
        reading->head.manifest = text;
    return BUNDLE_CONTINUE;
}

static bool decode_head(Reading *reading, Str *problem) {
    const BundleHead *head = &reading->head;
    if (reading->is_decoded)
        return true;
    reading->is_decoded = true;
    if (!head->sums.len || !head->manifest.len) {
        (void)fail(reading, problem, "it has no %s at its beginning",
                   head->sums.len ? BUNDLE_MANIFEST : BUNDLE_SUMS);
        return false;
    }
    return bundle_decode(head, &reading->request->pin, reading->bundle, problem, reading->arena);
}

static int open_output(Reading *reading, const BundleEntry *entry, OpenFile *output) {
    const Disk *disk = output->disk;
    Str path = disk_join(reading->directory, entry->path, reading->arena);
    unsigned flags = DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE | DISK_APPEND;
    bool is_program =
        str_starts_with(entry->path, STR("bin/")) || str_starts_with(entry->path, STR("cni/"));
    int error = disk->make_directories(disk->self, disk_directory_of(path), 0755);
    return error ? error
                 : disk->open(disk->self, path, flags, is_program ? 0755 : 0644, &output->file);
}

/* Reads the content and sets *digest; also writes the content if `directory` is set. */
static BundleNext read_content(Reading *reading,
                               const BundleEntry *entry,
                               Str *digest,
                               Str *problem) {
    const Disk *disk = reading->request->disk;
    SCOPED(OpenFile) output = {.disk = disk};
    Digest *hash = digest_open(DIGEST_SHA256);
    int error = reading->directory.len ? open_output(reading, entry, &output) : 0;
    size_t got = 1;
    bool is_read = true;
    while (!error && is_read && got && !cancel_level(reading->request->cancel)) {
        is_read = source_read(entry, reading->piece, PIECE_SIZE, &got, problem);
        Str piece = {reading->piece, is_read ? got : 0};
        digest_update(hash, piece);
        if (output.file.handle && piece.len)
            error = disk->append(disk->self, output.file, piece);
    }
    *digest = digest_finish(hash, reading->arena);
    if (error)
        return fail(reading, problem, "its file \"%.*s\" cannot be written: %s",
                    STR_ARG(entry->path), strerror(-error));
    if (cancel_level(reading->request->cancel))
        return fail(reading, problem, "the operation was cancelled");
    return is_read ? BUNDLE_CONTINUE : BUNDLE_FAILED;
}

static BundleNext check_file(Reading *reading, const BundleEntry *entry, Str *problem) {
    const BundleFile *file = map_find(&reading->bundle->by_path, entry->path);
    Str digest;
    if (!file)
        return fail(reading, problem, "its " BUNDLE_MANIFEST " does not have \"%.*s\"",
                    STR_ARG(entry->path));
    if (file->size != entry->size)
        return fail(
            reading, problem, "its file \"%.*s\" has %llu bytes; its " BUNDLE_MANIFEST " says %llu",
            STR_ARG(entry->path), (unsigned long long)entry->size, (unsigned long long)file->size);
    BundleNext next = read_content(reading, entry, &digest, problem);
    if (next != BUNDLE_CONTINUE)
        return next;
    reading->file_count++;
    return str_equal(digest, file->sha256)
               ? BUNDLE_CONTINUE
               : fail(reading, problem, "the digest of its file \"%.*s\" is wrong",
                      STR_ARG(entry->path));
}

static BundleNext visit(const BundleEntry *entry, void *payload, Str *problem) {
    Reading *reading = payload;
    if (!str_find_char(entry->path, '/', 0) || str_find_char(entry->path, '/', 0) == SIZE_MAX)
        return read_head(reading, entry, problem);
    if (!decode_head(reading, problem))
        return BUNDLE_FAILED;
    return reading->is_head_enough ? BUNDLE_STOP : check_file(reading, entry, problem);
}

static bool check_complete(Reading *reading, Str *problem) {
    if (reading->is_head_enough || reading->file_count == reading->bundle->files.count)
        return true;
    (void)fail(reading, problem, "it has %zu of the %zu files of its " BUNDLE_MANIFEST,
               reading->file_count, reading->bundle->files.count);
    return false;
}

static bool read_bundle(Reading *reading, Diags *diags) {
    const BundleRequest *request = reading->request;
    Str problem = STR_EMPTY;
    reading->piece = arena_alloc(reading->arena, PIECE_SIZE);
    if (source_each(request->disk, request->path, visit, reading, &problem, reading->arena) &&
        decode_head(reading, &problem) && check_complete(reading, &problem))
        return true;
    diags_error(diags, NO_RANGE, "Invalid bundle", "The bundle \"%.*s\" is not used: %.*s.",
                STR_ARG(request->path), STR_ARG(problem));
    return false;
}

bool bundle_reader_open(const BundleRequest *request, Bundle *out, Arena *arena, Diags *diags) {
    Reading reading = {.request = request, .bundle = out, .is_head_enough = true, .arena = arena};
    return read_bundle(&reading, diags);
}

bool bundle_reader_verify(const BundleRequest *request, Bundle *out, Arena *arena, Diags *diags) {
    Reading reading = {.request = request, .bundle = out, .arena = arena};
    return read_bundle(&reading, diags);
}

/* Writes the head, so that the directory is a bundle itself. */
static int write_head(const Reading *reading) {
    const Disk *disk = reading->request->disk;
    const struct {
        const char *name;
        Str text;
    } files[] = {
        {BUNDLE_MANIFEST,  reading->head.manifest },
        {BUNDLE_SIGNATURE, reading->head.signature},
        {BUNDLE_SUMS,      reading->head.sums     },
    };
    int error = 0;
    for (size_t i = 0; i < ARRAY_COUNT(files) && !error; i++) {
        Str path = disk_join(reading->directory, str_from_cstr(files[i].name), reading->arena);
        if (files[i].text.len)
            error = disk->write_file(disk->self, path, files[i].text, 0644);
    }
    return error;
}

bool bundle_reader_unpack(
    const BundleRequest *request, Str directory, Bundle *out, Arena *arena, Diags *diags) {
    const Disk *disk = request->disk;
    Str partial = str_concat(directory, STR(".partial"), arena);
    Reading reading = {.request = request, .bundle = out, .directory = partial, .arena = arena};
    int error = disk_remove_tree(disk, partial);
    bool is_read = !error && read_bundle(&reading, diags);
    if (is_read)
        error = disk->make_directories(disk->self, partial, 0755);
    if (is_read && !error)
        error = write_head(&reading);
    if (is_read && !error)
        error = disk->rename(disk->self, partial, directory);
    if (error)
        diags_error(diags, NO_RANGE, "Failed to unpack a bundle", "\"%.*s\": %s.",
                    STR_ARG(directory), strerror(-error));
    if (error || !is_read)
        (void)disk_remove_tree(disk, partial);
    return is_read && !error;
}
