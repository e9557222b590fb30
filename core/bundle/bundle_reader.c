/* bundle_reader: compares each file of a bundle with the list while it is read or packed. */
#include "bundle_reader.h"

#include "bundle_source.h"
#include "digest.h"
#include "problem.h"
#include "tar.h"

#define PIECE_SIZE ((size_t)1 << 20) /* of one read of an entry */

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
static void reader_open_file_release(OpenFile *open) {
    if (open->file.handle)
        open->disk->close(open->disk->self, open->file);
}
SCOPED_TYPE(OpenFile, reader_open_file_release);

/* Reads one of the small files that describe the bundle. */
static BundleNext reader_read_head(Reading *reading, const BundleEntry *entry, Str *problem) {
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

static bool decode_head(Reading *reading, Str *problem) {
    const BundleHead *head = &reading->head;
    if (reading->is_decoded)
        return true;
    reading->is_decoded = true;
    if (!head->sums.len || !head->manifest.len)
        return problem_set(problem, reading->arena, "it has no %s at its beginning",
                           head->sums.len ? BUNDLE_MANIFEST : BUNDLE_SUMS);
    return bundle_decode(head, &reading->request->pin, reading->bundle, problem, reading->arena);
}

static int open_output(Reading *reading, const BundleEntry *entry, OpenFile *output) {
    const Disk *disk = output->disk;
    Str path = disk_join(reading->directory, entry->path, reading->arena);
    unsigned flags = DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE | DISK_APPEND;
    int error = disk->make_directories(disk->self, disk_directory_of(path), 0755);
    return error ? error
                 : disk->open(disk->self, path, flags, bundle_mode(entry->path), &output->file);
}

/* Reads the content and sets *digest; also writes the content if `directory` is set. */
static BundleNext reader_read_content(Reading *reading, const BundleEntry *entry, Str *digest,
                                      Str *problem) {
    const Disk *disk = reading->request->disk;
    SCOPED(OpenFile) output = {.disk = disk};
    Digest *hash = digest_open(DIGEST_SHA256);
    int error = reading->directory.len ? open_output(reading, entry, &output) : 0;
    size_t got = 1;
    bool is_read = true;
    while (!error && is_read && got && !cancel_level(reading->request->cancel)) {
        is_read = bundle_source_read(entry, reading->piece, PIECE_SIZE, &got, problem);
        Str piece = {reading->piece, is_read ? got : 0};
        digest_update(hash, piece);
        if (output.file.handle && piece.len)
            error = disk->append(disk->self, output.file, piece);
    }
    *digest = digest_finish(hash, reading->arena);
    if (error)
        return problem_set(problem, reading->arena, "its file \"%.*s\" cannot be written: %s",
                           STR_ARG(entry->path), strerror(-error));
    if (cancel_level(reading->request->cancel))
        return problem_set(problem, reading->arena, "the operation was cancelled");
    return is_read ? BUNDLE_CONTINUE : BUNDLE_FAILED;
}

static BundleNext reader_check_file(Reading *reading, const BundleEntry *entry, Str *problem) {
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
    Reading *reading = payload;
    if (!str_find_char(entry->path, '/', 0) || str_find_char(entry->path, '/', 0) == SIZE_MAX)
        return reader_read_head(reading, entry, problem);
    if (!decode_head(reading, problem))
        return BUNDLE_FAILED;
    return reading->is_head_enough ? BUNDLE_STOP : reader_check_file(reading, entry, problem);
}

static bool check_complete(Reading *reading, Str *problem) {
    return reading->is_head_enough || reading->file_count == reading->bundle->files.count ||
           problem_set(problem, reading->arena,
                       "it has %zu of the %zu files of its " BUNDLE_MANIFEST, reading->file_count,
                       reading->bundle->files.count);
}

static bool reader_read_bundle(Reading *reading, Diags *diags) {
    const BundleRequest *request = reading->request;
    Str problem = STR_EMPTY;
    reading->piece = arena_alloc(reading->arena, PIECE_SIZE);
    if (bundle_source_each(request->disk, request->path, reader_visit, reading, &problem,
                           reading->arena) &&
        decode_head(reading, &problem) && check_complete(reading, &problem))
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid bundle", "The bundle \"%.*s\" is not used: %.*s.",
                      STR_ARG(request->path), STR_ARG(problem));
}

bool bundle_reader_open(const BundleRequest *request, Bundle *out, Arena *arena, Diags *diags) {
    Reading reading = {.request = request, .bundle = out, .is_head_enough = true, .arena = arena};
    return reader_read_bundle(&reading, diags);
}

bool bundle_reader_verify(const BundleRequest *request, Bundle *out, Arena *arena, Diags *diags) {
    Reading reading = {.request = request, .bundle = out, .arena = arena};
    return reader_read_bundle(&reading, diags);
}

/* Writes the head, so that the directory is a bundle itself. */
static int reader_write_head(const Reading *reading) {
    const Disk *disk = reading->request->disk;
    const struct {
        const char *name;
        Str text;
    } files[] = {
        {BUNDLE_MANIFEST, reading->head.manifest},
        {BUNDLE_SIGNATURE, reading->head.signature},
        {BUNDLE_SUMS, reading->head.sums},
    };
    int error = 0;
    for (size_t i = 0; i < ARRAY_COUNT(files) && !error; i++) {
        Str path = disk_join(reading->directory, str_from_cstr(files[i].name), reading->arena);
        if (files[i].text.len)
            error = disk->write_file(disk->self, path, files[i].text, 0644);
    }
    return error;
}

bool bundle_reader_unpack(const BundleRequest *request, Str directory, Bundle *out, Arena *arena,
                          Diags *diags) {
    const Disk *disk = request->disk;
    Str partial = str_concat(directory, STR(".partial"), arena);
    Reading reading = {.request = request, .bundle = out, .directory = partial, .arena = arena};
    int error = disk_remove_tree(disk, partial);
    bool is_read = !error && reader_read_bundle(&reading, diags);
    if (is_read)
        error = disk->make_directories(disk->self, partial, 0755);
    if (is_read && !error)
        error = reader_write_head(&reading);
    if (is_read && !error)
        error = disk->rename(disk->self, partial, directory);
    if (error)
        diags_error(diags, NO_RANGE, "Failed to unpack a bundle", "\"%.*s\": %s.",
                    STR_ARG(directory), strerror(-error));
    if (error || !is_read)
        (void)disk_remove_tree(disk, partial);
    return is_read && !error;
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
                  bundle_source_read(entry, packing->piece, PIECE_SIZE, &got, problem);
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
                       .piece = arena_alloc(arena, PIECE_SIZE),
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
