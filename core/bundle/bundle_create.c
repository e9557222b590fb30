/* bundle_create: collects the files in a directory beside the output, then describes, signs and
 * packs them. */
#include "bundle_create.h"
#include "digest.h"
#include "http_send.h"
#include "image_archive.h"
#include "tar.h"
#include "url.h"
#include "utf8.h"

#include <errno.h>

#define CREATOR_PIECE_SIZE ((size_t)1 << 20)
#define ENDING             ".tar.zst"

typedef struct Creating {
    const BundleCreation *creation;
    const Disk *disk;
    Str stage;
    Bundle *bundle;
    char *piece;
    Arena *arena;
    Diags *diags;
} Creating;

typedef struct CreatorFile {
    const Disk *disk;
    DiskFile file;
} CreatorFile;
static void bundle_create_open_file_release(CreatorFile *open) {
    if (open->file.handle)
        open->disk->close(open->disk->self, open->file);
}
SCOPED_TYPE(CreatorFile, bundle_create_open_file_release);

static bool PRINTF_LIKE(3, 4)
    bundle_create_fail(Creating *creating, Str path, const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str why = str_vformat(creating->arena, format, args);
    va_end(args);
    return diags_fail(creating->diags, NO_RANGE, "Failed to create the bundle", "\"%.*s\": %.*s.",
                      STR_ARG(path), STR_ARG(why));
}

static bool check_cancel(Creating *creating, Str path) {
    return !cancel_level(creating->creation->cancel) ||
           bundle_create_fail(creating, path, "the operation was cancelled");
}

/* Reads a file to its end: its size and digest; with `to`, also copies it. */
static bool bundle_create_hash_file(Creating *creating, Str path, const CreatorFile *to,
                                    uint64_t *size, Str *digest) {
    const Disk *disk = creating->disk;
    SCOPED(CreatorFile) from = {.disk = disk};
    Digest *hash = digest_open(DIGEST_SHA256);
    int error = disk->open(disk->self, path, DISK_READ, 0, &from.file);
    size_t got = 1;
    *size = 0;
    while (!error && got) {
        error = disk->read(disk->self, from.file, *size, creating->piece, CREATOR_PIECE_SIZE, &got);
        Str piece = {creating->piece, error ? 0 : got};
        digest_update(hash, piece);
        if (!error && to && piece.len)
            error = disk->append(disk->self, to->file, piece);
        *size += piece.len;
        if (cancel_level(creating->creation->cancel))
            error = -ECANCELED;
    }
    *digest = digest_finish(hash, creating->arena);
    return !error || bundle_create_fail(creating, path, "%s", strerror(-error));
}

static bool open_new(Creating *creating, Str path, CreatorFile *out) {
    unsigned flags = DISK_WRITE | DISK_CREATE | DISK_EXCLUSIVE | DISK_APPEND;
    int error = creating->disk->open(creating->disk->self, path, flags, 0644, &out->file);
    return !error ||
           bundle_create_fail(creating, path, "it cannot be written: %s", strerror(-error));
}

static bool bundle_create_check_digest(Creating *creating, const InventoryFile *file, Str digest) {
    return !file->sha256.len || str_equal(file->sha256, digest) ||
           bundle_create_fail(creating, file->path,
                              "the digest of its source is sha256:%.*s, not sha256:%.*s",
                              STR_ARG(digest), STR_ARG(file->sha256));
}

static bool copy_source(Creating *creating, const InventoryFile *file, Str to) {
    SCOPED(CreatorFile) out = {.disk = creating->disk};
    Str from = disk_join(creating->creation->directory, file->source, creating->arena), digest;
    uint64_t size;
    return open_new(creating, to, &out) &&
           bundle_create_hash_file(creating, from, &out, &size, &digest) &&
           bundle_create_check_digest(creating, file, digest);
}

static bool bundle_create_download(Creating *creating, const InventoryFile *file, Str to) {
    HttpRequest request = {.url = file->source,
                           .retries = 4,
                           .body_limit = BUNDLE_FILE_SIZE_MAX,
                           .cancel = creating->creation->cancel};
    HttpResponse response = {0};
    Str problem, digest, shown = url_redact(file->source, creating->arena);
    uint64_t size;
    HttpStatus status = http_send_to_file(creating->creation->io, &request, to, &response, &problem,
                                          creating->arena);
    if (status != HTTP_DONE)
        return bundle_create_fail(creating, shown, "%.*s", STR_ARG(problem));
    if (response.code != 200)
        return bundle_create_fail(creating, shown, "the server responded with status %d",
                                  response.code);
    return bundle_create_hash_file(creating, to, NULL, &size, &digest) &&
           bundle_create_check_digest(creating, file, digest);
}

typedef struct Extraction {
    Creating *creating;
    Str member;
    CreatorFile out;
    bool is_found;
} Extraction;

static TarNext extract(const TarEntry *entry, void *payload, Str *problem) {
    Extraction *extraction = payload;
    const Disk *disk = extraction->out.disk;
    size_t got;
    if (!str_equal(entry->path, extraction->member))
        return TAR_CONTINUE;
    extraction->is_found = true;
    for (;;) {
        if (!tar_entry_read(entry, extraction->creating->piece, CREATOR_PIECE_SIZE, &got, problem))
            return TAR_FAILED;
        if (!got)
            return TAR_STOP;
        int error =
            disk->append(disk->self, extraction->out.file, (Str){extraction->creating->piece, got});
        if (error) {
            *problem = str_format(extraction->creating->arena, "%s", strerror(-error));
            return TAR_FAILED;
        }
    }
}

/* Replaces the archive at `path` by one of its files. */
static bool extract_member(Creating *creating, const InventoryFile *file, Str path) {
    const Disk *disk = creating->disk;
    Str archive = str_concat(path, STR(".archive"), creating->arena), problem;
    Extraction extraction = {creating, file->member, {.disk = disk}, false};
    int error = disk->rename(disk->self, path, archive);
    if (error)
        return bundle_create_fail(creating, path, "%s", strerror(-error));
    if (!open_new(creating, path, &extraction.out))
        return false;
    bool is_good = tar_each(disk, archive, extract, &extraction, &problem, creating->arena);
    bundle_create_open_file_release(&extraction.out);
    (void)disk->remove(disk->self, archive);
    if (!is_good)
        return bundle_create_fail(creating, file->path, "%.*s", STR_ARG(problem));
    return extraction.is_found ||
           bundle_create_fail(creating, file->path, "the archive has no file \"%.*s\"",
                              STR_ARG(file->member));
}

/* Runs skopeo; containerd imports the result under the name of the image. */
static bool copy_image(Creating *creating, const InventoryFile *file, Str to) {
    Arena *arena = creating->arena;
    const Process *process = creating->creation->io->process;
    Str repository = file->image, problem;
    size_t colon = str_rfind_char(file->image, ':');
    if (colon != SIZE_MAX && str_find_char(str_after(file->image, colon), '/', 0) == SIZE_MAX)
        repository = str_slice(file->image, 0, colon);
    Str fetched = str_concat(to, STR(".fetched"), arena);
    Str from =
        str_format(arena, "docker://%.*s@%.*s", STR_ARG(repository), STR_ARG(file->image_hash));
    Str target = str_format(arena, "oci-archive:%.*s", STR_ARG(fetched));
    const char *const argv[] = {"skopeo",
                                "copy",
                                "--quiet",
                                "--override-os",
                                "linux",
                                "--override-arch",
                                str_to_cstr(creating->creation->inventory->architecture, arena),
                                str_to_cstr(from, arena),
                                str_to_cstr(target, arena),
                                NULL};
    ProcessRequest request = {.argv = argv, .cancel = creating->creation->cancel};
    ProcessResult result = {0};
    int error = process->run(process->self, &request, &result, arena);
    if (error == -ENOENT)
        return bundle_create_fail(creating, file->path,
                                  "the program skopeo, which copies images, is not installed");
    if (error || result.exit_status)
        return bundle_create_fail(creating, file->path, "skopeo: %.*s",
                                  STR_ARG(error ? str_from_cstr(process_error(error))
                                                : utf8_indented(result.err, arena)));
    bool is_good = image_archive_rename(creating->disk, fetched, file->image, to, &problem, arena);
    (void)creating->disk->remove(creating->disk->self, fetched);
    return is_good || bundle_create_fail(creating, file->path, "%.*s", STR_ARG(problem));
}

static bool bundle_create_fetch(Creating *creating, const InventoryFile *file, Str to) {
    if (file->image.len)
        return copy_image(creating, file, to);
    if (!(file->is_url ? bundle_create_download(creating, file, to)
                       : copy_source(creating, file, to)))
        return false;
    return !file->member.len || extract_member(creating, file, to);
}

static bool bundle_create_add_file(Creating *creating, const InventoryFile *file) {
    const Disk *disk = creating->disk;
    Str to = disk_join(creating->stage, file->path, creating->arena), problem;
    BundleFile *added = vec_add(creating->arena, &creating->bundle->files);
    *added = (BundleFile){.path = file->path, .name = file->name, .version = file->version};
    if (creating->creation->progress)
        creating->creation->progress(creating->creation->payload, file->path);
    int error = disk->make_directories(disk->self, disk_directory_of(to), 0755);
    if (error)
        return bundle_create_fail(creating, to, "%s", strerror(-error));
    if (!check_cancel(creating, file->path) || !bundle_create_fetch(creating, file, to) ||
        !bundle_create_hash_file(creating, to, NULL, &added->size, &added->sha256))
        return false;
    if (added->size > BUNDLE_FILE_SIZE_MAX)
        return bundle_create_fail(creating, file->path, "it is too large");
    error = disk->chmod(disk->self, to, bundle_mode(file->path));
    if (error)
        return bundle_create_fail(creating, to, "%s", strerror(-error));
    return !str_starts_with(file->path, STR("images/")) ||
           image_archive_names(disk, to, &added->images, &problem, creating->arena) ||
           bundle_create_fail(creating, file->path, "%.*s", STR_ARG(problem));
}

static bool bundle_create_write_text(Creating *creating, const char *name, Str text) {
    const Disk *disk = creating->disk;
    Str path = disk_join(creating->stage, str_from_cstr(name), creating->arena);
    int error = text.len ? disk->write_file(disk->self, path, text, 0644) : 0;
    return !error || bundle_create_fail(creating, path, "%s", strerror(-error));
}

static bool bundle_create_write_head(Creating *creating, BundleHead *head) {
    const BundleCreation *creation = creating->creation;
    *head = bundle_encode(creating->bundle, creating->arena);
    creating->bundle->digest = digest_hex(DIGEST_SHA256, head->sums, creating->arena);
    Str comment = str_format(creating->arena, "Kubernetes %.*s, %.*s",
                             STR_ARG(creating->bundle->kubernetes_version),
                             STR_ARG(creating->bundle->architecture));
    if (creation->secret)
        head->signature = minisign_sign(creation->secret, head->sums, comment, creating->arena);
    return bundle_create_write_text(creating, BUNDLE_MANIFEST, head->manifest) &&
           bundle_create_write_text(creating, BUNDLE_SUMS, head->sums) &&
           bundle_create_write_text(creating, BUNDLE_SIGNATURE, head->signature);
}

static bool pack_text(TarWriter *writer, const char *name, Str text) {
    return !text.len || (tar_writer_start(writer, str_from_cstr(name), text.len, 0644) &&
                         tar_writer_add(writer, text));
}

/* Adds a file of the stage. Returns false after an error of the writer, which closing reports; an
 * error of reading sets *is_read to false. */
static bool pack_file(Creating *creating, TarWriter *writer, const BundleFile *file) {
    const Disk *disk = creating->disk;
    SCOPED(CreatorFile) from = {.disk = disk};
    Str path = disk_join(creating->stage, file->path, creating->arena);
    int error = disk->open(disk->self, path, DISK_READ, 0, &from.file);
    bool is_good =
        !error && tar_writer_start(writer, file->path, file->size, bundle_mode(file->path));
    uint64_t at = 0;
    while (is_good && at < file->size && !cancel_level(creating->creation->cancel)) {
        size_t got = 0;
        error = disk->read(disk->self, from.file, at, creating->piece, CREATOR_PIECE_SIZE, &got);
        is_good = !error && got && tar_writer_add(writer, (Str){creating->piece, got});
        at += got;
    }
    return error ? bundle_create_fail(creating, path, "%s", strerror(-error))
                 : is_good && check_cancel(creating, path);
}

static bool bundle_create_pack(Creating *creating, const BundleHead *head, Str to) {
    Str problem = STR_EMPTY;
    size_t errors = creating->diags->error_count;
    TarWriter *writer = tar_writer_open(creating->disk, to, true, &problem, creating->arena);
    bool is_good = writer && pack_text(writer, BUNDLE_SUMS, head->sums) &&
                   pack_text(writer, BUNDLE_SIGNATURE, head->signature) &&
                   pack_text(writer, BUNDLE_MANIFEST, head->manifest);
    vec_each(&creating->bundle->files, file) {
        is_good = is_good && pack_file(creating, writer, file);
    }
    is_good = tar_writer_close(writer, &problem) && is_good;
    if (!is_good && creating->diags->error_count == errors)
        return bundle_create_fail(creating, to, "%.*s", STR_ARG(problem));
    return is_good;
}

static bool bundle_create_finish(Creating *creating, const BundleHead *head) {
    const Disk *disk = creating->disk;
    Str from = creating->stage, out = creating->creation->out;
    if (str_ends_with(out, STR(ENDING))) {
        from = str_concat(out, STR(".partial"), creating->arena);
        if (!bundle_create_pack(creating, head, from)) {
            (void)disk->remove(disk->self, from);
            return false;
        }
    }
    int error = disk->rename(disk->self, from, out);
    return !error || bundle_create_fail(creating, out, "%s", strerror(-error));
}

bool bundle_create(const BundleCreation *creation, Bundle *bundle, Arena *arena, Diags *diags) {
    const Disk *disk = creation->io->disk;
    Creating creating = {.creation = creation,
                         .disk = disk,
                         .stage = str_concat(creation->out, STR(".files"), arena),
                         .bundle = bundle,
                         .piece = arena_alloc(arena, CREATOR_PIECE_SIZE),
                         .arena = arena,
                         .diags = diags};
    BundleHead head;
    *bundle = (Bundle){.kubernetes_version = creation->inventory->kubernetes_version,
                       .architecture = creation->inventory->architecture};
    if (disk_exists(disk, creation->out))
        return bundle_create_fail(&creating, creation->out, "it already exists");
    int error = disk_remove_tree(disk, creating.stage);
    if (!error)
        error = disk->make_directories(disk->self, creating.stage, 0755);
    bool is_good = !error || bundle_create_fail(&creating, creating.stage, "%s", strerror(-error));
    vec_each(&creation->inventory->files, file) {
        is_good = is_good && bundle_create_add_file(&creating, file);
    }
    is_good = is_good && bundle_create_write_head(&creating, &head) &&
              bundle_create_finish(&creating, &head);
    (void)disk_remove_tree(disk, creating.stage);
    return is_good;
}
