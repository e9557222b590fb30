/* bundle_reader: compares each file of a bundle with the list while it is read or packed. */
#include "bundle_reader.h"

#include "arena.h"
#include "digest.h"
#include "problem.h"
#include "str_quote.h"
#include "tar.h"

#define READER_PIECE_SIZE ((size_t)1 << 20) /* of one read of an entry */

typedef struct BundleReading {
    const BundleRequest *request;
    BundleHead head;
    Bundle *bundle;
    size_t file_count;
    bool is_decoded;
    bool is_head_enough;
    char *piece;
    Arena *arena;
} BundleReading;

typedef struct ReaderFile {
    const Disk *disk;
    DiskFile file;
} ReaderFile;

/* Reads the files of a bundle, a directory or a .tar.zst, one after the other.
 *
 * Symbolic and hard links, devices, invalid paths and duplicate entries are errors. The three files
 * that describe the bundle come first; an archive that has them later is rejected, so every other
 * file can be compared with its entry before its content is read. */

typedef struct BundleSource BundleSource;

/* A file of the source; valid until the visit returns. */
typedef struct BundleEntry {
    Str path;
    uint64_t size; /* from the directory or the archive header */
    BundleSource *source;
} BundleEntry;

/* BUNDLE_FAILED is 0, so that a function can return false for it. */
typedef enum BundleNext { BUNDLE_FAILED, BUNDLE_CONTINUE, BUNDLE_STOP } BundleNext;
typedef BundleNext BundleVisit(const BundleEntry *entry, void *payload, Str *problem);

static const char *const head_names[] = {BUNDLE_SUMS, BUNDLE_SIGNATURE, BUNDLE_MANIFEST};

struct BundleSource {
    const Disk *disk;
    Str path;
    BundleVisit *visit;
    void *payload;
    Str *problem;
    Arena *arena;
    const TarEntry *archived; /* the entry of an archive; NULL: a directory */
    DiskFile file;            /* the open file of a directory */
    uint64_t at;              /* in `file`: bytes read */
    uint64_t left;            /* bytes of the entry that are not yet read */
    Map seen;
    bool is_past_head;
};

static bool PRINTF_LIKE(3, 4) fail_entry(BundleSource *source, Str path, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str why = str_vformat(source->arena, format, args);
    va_end(args);
    return problem_set(source->problem, source->arena, "its entry %.*s %.*s",
                       STR_ARG(str_quote(str_slice(path, 0, 200), source->arena)), STR_ARG(why));
}

static bool is_head(Str path) {
    for (size_t i = 0; i < ARRAY_COUNT(head_names); i++) {
        if (str_equal_cstr(path, head_names[i]))
            return true;
    }
    return false;
}

static BundleNext visit_entry(BundleSource *source, Str path, uint64_t size) {
    bool belongs_to_head = is_head(path);
    if (!belongs_to_head && !bundle_path_is_valid(path))
        return fail_entry(source, path, "has an invalid path");
    if (map_has(&source->seen, path))
        return fail_entry(source, path, "occurs twice");
    if (source->seen.count > BUNDLE_FILES_MAX + ARRAY_COUNT(head_names))
        return problem_set(source->problem, source->arena, "it has more than %zu files",
                           BUNDLE_FILES_MAX);
    if (belongs_to_head && source->is_past_head)
        return fail_entry(source, path, "comes after other files");
    if (size > (belongs_to_head ? BUNDLE_HEAD_SIZE_MAX : BUNDLE_FILE_SIZE_MAX))
        return fail_entry(source, path, "is too large");
    map_put(source->arena, &source->seen, path, source);
    source->is_past_head = !belongs_to_head;
    source->left = size;
    BundleEntry entry = {path, size, source};
    return source->visit(&entry, source->payload, source->problem);
}

/* Directories. */

static bool is_link(BundleSource *source, Str path) {
    Str target;
    return source->disk->read_link(source->disk->self, path, &target, source->arena) == 0;
}

static BundleNext visit_file(BundleSource *source, Str name) {
    const Disk *disk = source->disk;
    Str path = disk_join(source->path, name, source->arena);
    uint64_t size = 0;
    if (is_link(source, path))
        return fail_entry(source, name, "is a symbolic link");
    int error = disk->open(disk->self, path, DISK_READ, 0, &source->file);
    if (!error)
        error = disk->size(disk->self, source->file, &size);
    source->at = 0;
    BundleNext next = error ? fail_entry(source, name, "cannot be read: %s", strerror(-error))
                            : visit_entry(source, name, size);
    if (source->file.handle)
        disk->close(disk->self, source->file);
    source->file = (DiskFile){0};
    return next;
}

static BundleNext visit_directory(BundleSource *source, Str name);

static BundleNext visit_listed(BundleSource *source, Str name, DiskKind kind) {
    if (kind == DISK_FILE)
        return visit_file(source, name);
    if (kind == DISK_DIRECTORY && !is_link(source, disk_join(source->path, name, source->arena)))
        return visit_directory(source, name);
    return fail_entry(source, name, "is not a file or directory");
}

static BundleNext visit_directory(BundleSource *source, Str name) {
    DiskEntries entries = {0};
    Str path = name.len ? disk_join(source->path, name, source->arena) : source->path;
    int error = source->disk->list(source->disk->self, path, &entries, source->arena);
    BundleNext next = BUNDLE_CONTINUE;
    if (error)
        return fail_entry(source, name, "cannot be read: %s", strerror(-error));
    for (size_t i = 0; i < entries.count && next == BUNDLE_CONTINUE; i++) {
        const DiskEntry *entry = &entries.items[i];
        Str child = name.len ? disk_join(name, entry->name, source->arena) : entry->name;
        if (!is_head(child))
            next = visit_listed(source, child, entry->kind);
    }
    return next;
}

static bool source_walk_directory(BundleSource *source) {
    BundleNext next = BUNDLE_CONTINUE;
    for (size_t i = 0; i < ARRAY_COUNT(head_names) && next == BUNDLE_CONTINUE; i++) {
        Str name = str_from_cstr(head_names[i]);
        if (disk_exists(source->disk, disk_join(source->path, name, source->arena)))
            next = visit_file(source, name);
    }
    if (next == BUNDLE_CONTINUE)
        next = visit_directory(source, STR_EMPTY);
    return next != BUNDLE_FAILED;
}

/* Archives. */

static TarNext visit_archived(const TarEntry *entry, void *payload, Str *) {
    BundleSource *source = payload;
    BundleNext next = BUNDLE_CONTINUE;
    source->archived = entry;
    switch (entry->kind) {
    case TAR_DIRECTORY: break;
    case TAR_FILE: next = visit_entry(source, entry->path, entry->size); break;
    case TAR_LINK: next = fail_entry(source, entry->path, "is a link"); break;
    case TAR_OTHER: next = fail_entry(source, entry->path, "is not a file or directory"); break;
    }
    return next == BUNDLE_FAILED ? TAR_FAILED : next == BUNDLE_STOP ? TAR_STOP : TAR_CONTINUE;
}

static bool read_file_entry(BundleSource *source, char *out, size_t size, size_t *got) {
    const Disk *disk = source->disk;
    int error = disk->read(disk->self, source->file, source->at, out, size, got);
    source->at += *got;
    return !error ||
           problem_set(source->problem, source->arena, "it cannot be read: %s", strerror(-error));
}

/* Reads the next bytes of the entry's content; *got is 0 at its end. An error if the content is
 * longer or shorter than `size`. */
static bool bundle_source_read(const BundleEntry *entry, char *out, size_t size, size_t *got,
                               Str *problem) {
    BundleSource *source = entry->source;
    source->problem = problem;
    bool is_read = source->archived ? tar_entry_read(source->archived, out, size, got, problem)
                                    : read_file_entry(source, out, size, got);
    if (!is_read)
        return false;
    if (*got > source->left || (*got == 0 && source->left > 0))
        return fail_entry(source, entry->path, "does not have the size that it claims");
    source->left -= *got;
    return true;
}

/* Calls `visit` for each file. Returns false with *problem, the end of a sentence, if the source or
 * a visit fails. */
static bool bundle_source_each(const Disk *disk, Str path, BundleVisit *visit, void *payload,
                               Str *problem, Arena *arena) {
    DiskStat stat;
    BundleSource source = {.disk = disk,
                           .path = path,
                           .visit = visit,
                           .payload = payload,
                           .problem = problem,
                           .arena = arena};
    int error = disk->stat(disk->self, path, &stat);
    if (!error && stat.kind == DISK_DIRECTORY)
        return source_walk_directory(&source);
    if (!error && stat.kind != DISK_FILE)
        return problem_set(problem, arena, "it is not a file or directory");
    return error ? problem_set(problem, arena, "it cannot be read: %s", strerror(-error))
                 : tar_each_entry(disk, path, visit_archived, &source, problem, arena);
}

static void reader_open_file_release(ReaderFile *open) {
    if (open->file.handle)
        open->disk->close(open->disk->self, open->file);
}
SCOPED_TYPE(ReaderFile, reader_open_file_release);

/* Reads one of the small files that describe the bundle. */
static BundleNext reader_read_head(BundleReading *reading, const BundleEntry *entry, Str *problem) {
    char *bytes = arena_alloc(reading->arena, entry->size + 1);
    size_t at = 0, got;
    do {
        if (!bundle_source_read(entry, bytes + at, entry->size + 1 - at, &got, problem))
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

static bool decode_head(BundleReading *reading, Str *problem) {
    const BundleHead *head = &reading->head;
    if (reading->is_decoded)
        return true;
    reading->is_decoded = true;
    if (!head->sums.len || !head->manifest.len)
        return problem_set(problem, reading->arena, "it has no %s at its beginning",
                           head->sums.len ? BUNDLE_MANIFEST : BUNDLE_SUMS);
    return bundle_decode(head, &reading->request->pin, reading->bundle, problem, reading->arena);
}

/* Reads the content and sets *digest. */
static BundleNext reader_read_content(BundleReading *reading, const BundleEntry *entry, Str *digest,
                                      Str *problem) {
    Digest *hash = digest_open(DIGEST_SHA256);
    size_t got = 1;
    bool is_read = true;
    while (is_read && got && !cancel_level(reading->request->cancel)) {
        is_read = bundle_source_read(entry, reading->piece, READER_PIECE_SIZE, &got, problem);
        digest_update(hash, (Str){reading->piece, is_read ? got : 0});
    }
    *digest = digest_finish(hash, reading->arena);
    if (cancel_level(reading->request->cancel))
        return problem_set(problem, reading->arena, "the operation was cancelled");
    return is_read ? BUNDLE_CONTINUE : BUNDLE_FAILED;
}

static BundleNext reader_check_file(BundleReading *reading, const BundleEntry *entry,
                                    Str *problem) {
    const BundleFile *file = map_find(&reading->bundle->by_path, entry->path);
    Str digest;
    if (!file)
        return problem_set(problem, reading->arena,
                           "its " BUNDLE_MANIFEST " does not have \"%.*s\"", STR_ARG(entry->path));
    if (file->size != entry->size)
        return problem_set(problem, reading->arena,
                           "its file \"%.*s\" has %llu bytes; its " BUNDLE_MANIFEST " says %llu",
                           STR_ARG(entry->path), (unsigned long long)entry->size,
                           (unsigned long long)file->size);
    BundleNext next = reader_read_content(reading, entry, &digest, problem);
    if (next != BUNDLE_CONTINUE)
        return next;
    reading->file_count++;
    return str_equal(digest, file->sha256)
               ? BUNDLE_CONTINUE
               : problem_set(problem, reading->arena, "the digest of its file \"%.*s\" is wrong",
                             STR_ARG(entry->path));
}

static BundleNext reader_visit(const BundleEntry *entry, void *payload, Str *problem) {
    BundleReading *reading = payload;
    if (!str_find_char(entry->path, '/', 0) || str_find_char(entry->path, '/', 0) == SIZE_MAX)
        return reader_read_head(reading, entry, problem);
    if (!decode_head(reading, problem))
        return BUNDLE_FAILED;
    return reading->is_head_enough ? BUNDLE_STOP : reader_check_file(reading, entry, problem);
}

static bool check_complete(BundleReading *reading, Str *problem) {
    return reading->is_head_enough || reading->file_count == reading->bundle->files.count ||
           problem_set(problem, reading->arena,
                       "it has %zu of the %zu files of its " BUNDLE_MANIFEST, reading->file_count,
                       reading->bundle->files.count);
}

static bool reader_read_bundle(BundleReading *reading, Diags *diags) {
    const BundleRequest *request = reading->request;
    Str problem = STR_EMPTY;
    reading->piece = arena_alloc(reading->arena, READER_PIECE_SIZE);
    if (bundle_source_each(request->disk, request->path, reader_visit, reading, &problem,
                           reading->arena) &&
        decode_head(reading, &problem) && check_complete(reading, &problem))
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid bundle", "The bundle \"%.*s\" is not used: %.*s.",
                      STR_ARG(request->path), STR_ARG(problem));
}

bool bundle_reader_open(const BundleRequest *request, Bundle *out, Arena *arena, Diags *diags) {
    BundleReading reading = {
        .request = request, .bundle = out, .is_head_enough = true, .arena = arena};
    return reader_read_bundle(&reading, diags);
}

bool bundle_reader_verify(const BundleRequest *request, Bundle *out, Arena *arena, Diags *diags) {
    BundleReading reading = {.request = request, .bundle = out, .arena = arena};
    return reader_read_bundle(&reading, diags);
}

/* Packing. */

typedef struct Packing {
    const BundleRequest *request;
    const StrVec *paths;
    Bundle *bundle;
    TarWriter *writer;
    size_t count;
    char *piece;
    Arena *arena;
} Packing;

static bool reader_pack_copy(Packing *packing, const BundleEntry *entry, const BundleFile *file,
                             Str *problem) {
    bool is_program = !str_starts_with(file->path, STR("images/"));
    Digest *digest = digest_open(DIGEST_SHA256);
    size_t got = 0;
    bool is_good =
        tar_writer_start(packing->writer, file->path, file->size, is_program ? 0755 : 0644);
    do {
        is_good = is_good && cancel_level(packing->request->cancel) < CANCEL_STOP &&
                  bundle_source_read(entry, packing->piece, READER_PIECE_SIZE, &got, problem);
        if (!is_good)
            break;
        digest_update(digest, (Str){packing->piece, got});
        is_good = !got || tar_writer_add(packing->writer, (Str){packing->piece, got});
    } while (got);
    Str sha256 = digest_finish(digest, packing->arena);
    if (is_good && str_equal(sha256, file->sha256))
        return true;
    if (is_good)
        *problem = str_format(packing->arena, "its file \"%.*s\" has another digest than its list",
                              STR_ARG(file->path));
    else if (!problem->len)
        *problem = STR("it was not copied");
    return false;
}

static BundleNext reader_pack_visit(const BundleEntry *entry, void *payload, Str *problem) {
    Packing *packing = payload;
    const BundleFile *file = map_find(&packing->bundle->by_path, entry->path);
    if (!file || !str_is_among(entry->path, packing->paths->items, packing->paths->count))
        return BUNDLE_CONTINUE;
    if (file->size != entry->size)
        return problem_set(problem, packing->arena,
                           "its file \"%.*s\" has another size than its list", STR_ARG(file->path));
    if (!reader_pack_copy(packing, entry, file, problem))
        return BUNDLE_FAILED;
    packing->count++;
    return packing->count == packing->paths->count ? BUNDLE_STOP : BUNDLE_CONTINUE;
}

bool bundle_reader_pack(const BundleRequest *request, const StrVec *paths, Str out, Arena *arena,
                        Diags *diags) {
    Bundle bundle = {0};
    Str problem = STR_EMPTY;
    if (!bundle_reader_open(request, &bundle, arena, diags))
        return false;
    Packing packing = {.request = request,
                       .paths = paths,
                       .bundle = &bundle,
                       .piece = arena_alloc(arena, READER_PIECE_SIZE),
                       .arena = arena};
    packing.writer = tar_writer_open(request->disk, out, false, &problem, arena);
    bool is_good =
        packing.writer && bundle_source_each(request->disk, request->path, reader_pack_visit,
                                             &packing, &problem, arena);
    is_good = tar_writer_close(packing.writer, &problem) && is_good;
    if (is_good && packing.count < paths->count) {
        is_good = false;
        problem = STR("it lacks a file of its list");
    }
    if (is_good)
        return true;
    (void)request->disk->remove(request->disk->self, out);
    return diags_fail(diags, NO_RANGE, "Bundle not usable",
                      "The bundle \"%.*s\" cannot be used: %.*s.", STR_ARG(request->path),
                      STR_ARG(problem));
}

/* Pins. */

static bool reader_pin_key(const Disk *disk, Str text, MinisignKey *out, Arena *arena,
                           Diags *diags) {
    Str problem, content;
    if (minisign_read_key(text, out, &problem, arena))
        return true;
    int error = disk->read_file(disk->self, text, &content, arena);
    if (!error && minisign_read_key(content, out, &problem, arena))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Invalid public key", "\"%.*s\": %.*s.", STR_ARG(text),
        STR_ARG(
            error
                ? STR("it is neither the line of a public key of minisign nor the path of its file")
                : problem));
}

bool bundle_reader_pin(const Disk *disk, Str digest, Str public_key, BundlePin *out, Arena *arena,
                       Diags *diags) {
    *out = (BundlePin){.digest = STR_EMPTY};
    if (digest.len && !bundle_read_digest(digest, &out->digest, arena))
        return diags_fail(diags, NO_RANGE, "Invalid digest",
                          "\"%.*s\" is not the SHA-256 digest of a bundle: \"sha256:\" and 64 "
                          "hexadecimal digits.",
                          STR_ARG(digest));
    if (!public_key.len)
        return true;
    MinisignKey *key = arena_new(arena, MinisignKey);
    out->key = key;
    return reader_pin_key(disk, public_key, key, arena, diags);
}
