/* image_cache: downloads with resumption, verification and decompression. */
#include "image_cache.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>

#include "http_send.h"
#include "libvirt_client.h"
#include "libvirt_error.h"
#include "volume_source.h"
#include "wait_until.h"

#define PIECE_BYTES (256 << 10)
#define ATTEMPTS    5

/* A file that is being written to the cache. */
typedef struct Download {
    const Call *call;
    const Disk *disk;
    Str url;
    Str part; /* path of the partial file */
    DiskFile file;
    uint64_t size; /* bytes in the partial file */
} Download;

static void release_download(Download *download) {
    if (download->file.handle)
        download->disk->close(download->disk->self, download->file);
}
SCOPED_TYPE(Download, release_download);

static bool cache_add_error(const Call *call, Diags *diags, Str url, Str why) {
    return libvirt_error_say(
        call, diags, str_format(call->arena, "Cannot download the image %.*s", STR_ARG(url)), why);
}

static int append_piece(void *payload, Str piece) {
    Download *download = payload;
    int error = download->disk->append(download->disk->self, download->file, piece);
    download->size += error ? 0 : piece.len;
    call_progress(download->call, download->size, 0, "downloading");
    return error;
}

static bool cache_discard(Download *download) {
    download->size = 0;
    return download->disk->truncate(download->disk->self, download->file, 0) == 0;
}

/* Sends one request for the missing bytes of the image. On failure sets *why, and *is_final if a
 * retry cannot succeed. */
static bool request_rest(Download *download, bool *is_final, Str *why) {
    Arena *arena = download->call->arena;
    HttpRequest request = {
        .url = download->url,
        .body_limit = UINT64_MAX >> 1,
        .cancel = download->call->cancel,
    };
    uint64_t before = download->size;
    if (before > 0)
        http_add_header(&request.headers, "Range",
                        str_format(arena, "bytes=%llu-", (unsigned long long)before), arena);
    const HttpSink sink = {append_piece, download};
    HttpResponse response = {0};
    Str problem = STR_EMPTY;
    HttpStatus status =
        http_send_to_sink(download->call->io, &request, &sink, &response, &problem, arena);
    *is_final = status == HTTP_CANCELLED || status == HTTP_NO_CLIENT || status == HTTP_REFUSED_URL;
    *why =
        problem.len ? problem : str_format(arena, "The server responded with %d.", response.code);
    bool is_whole = response.code == 200;
    bool is_rest = response.code == 206;
    if (status == HTTP_DONE && (is_rest || (is_whole && before == 0)))
        return true;
    /* The appended body is not the requested part: an error page, or the image from its start. */
    if (response.code && !is_rest && (before > 0 || !is_whole))
        (void)!cache_discard(download);
    *is_final |= status == HTTP_DONE && response.code >= 400 && response.code < 500 &&
                 response.code != 416 && response.code != 429;
    return false;
}

static bool download_all(Download *download, Diags *diags) {
    static const WaitPauses pauses = {.first_ms = 500, .last_ms = 8000, .count = ATTEMPTS};
    unsigned attempt = 0;
    bool is_final = false;
    Str why = STR_EMPTY;
    do {
        if (request_rest(download, &is_final, &why))
            return true;
    } while (!is_final && wait_until_retry(download->call, &pauses, &attempt));
    return cache_add_error(download->call, diags, download->url, why);
}

typedef struct LockWait {
    const Disk *disk;
    DiskFile file;
} LockWait;

static WaitLook look_for_lock(void *payload, Wait *) {
    const LockWait *lock = payload;
    pid_t holder = 0;
    return lock->disk->lock(lock->disk->self, lock->file, &holder) == 0 ? WAIT_LOOK_DONE
                                                                        : WAIT_LOOK_AGAIN;
}

/* Opens the partial file, waits for its lock, and sets `size` to its present size. */
static bool cache_open_part(Download *download, Diags *diags) {
    const Disk *disk = download->disk;
    unsigned flags = DISK_READ | DISK_WRITE | DISK_APPEND | DISK_CREATE;
    int error = disk->open(disk->self, download->part, flags, 0600, &download->file);
    if (error)
        return cache_add_error(download->call, diags, download->url,
                               str_format(download->call->arena, "Cannot write %.*s: %s.",
                                          STR_ARG(download->part), strerror(-error)));
    LockWait lock = {disk, download->file};
    const WaitUntil until = {
        .what = "another download of the image", .look = look_for_lock, .payload = &lock};
    return wait_until_done(download->call, &until, diags) &&
           (disk->size(disk->self, download->file, &download->size) == 0 ||
            cache_add_error(download->call, diags, download->url, STR("Its file cannot be read.")));
}

static bool cache_fetch(const Call *call, Str url, Str checksum, Str file, Diags *diags) {
    Arena *arena = call->arena;
    const Disk *disk = call->io->disk;
    SCOPED(Download)
    download = {.call = call, .disk = disk, .url = url};
    download.part = str_format(arena, "%.*s.part", STR_ARG(file));
    for (int tries = 0; tries < 2; tries++) {
        if (!download.file.handle && !cache_open_part(&download, diags))
            return false;
        if (disk_exists(disk, file))
            return true; /* another process finished the download */
        bool was_partial = download.size > 0;
        if (!download_all(&download, diags))
            return false;
        Diags mismatch = diags_new(arena);
        if (volume_source_verify(call, download.part, checksum, &mismatch))
            break;
        /* The partial file may have begun with another image at this URL: download once more from
         * the start. */
        (void)!cache_discard(&download);
        if (!was_partial || tries > 0)
            return cache_add_error(
                call, diags, url,
                str_format(arena, "Its content does not have the digest %.*s.", STR_ARG(checksum)));
    }
    int error = disk->rename(disk->self, download.part, file);
    return error == 0 ||
           cache_add_error(call, diags, url, str_format(arena, "%s.", strerror(-error)));
}

static bool is_compressed(const Call *call, Str file) {
    static const Str heads[] = {STR_CONST("\x1f\x8b"),
                                STR_CONST("\xfd"
                                          "7zXZ"),
                                STR_CONST("\x28\xb5\x2f\xfd"), STR_CONST("BZh")};
    const Disk *disk = call->io->disk;
    DiskFile open;
    char head[8] = {0};
    size_t got = 0;
    if (disk->open(disk->self, file, DISK_READ, 0, &open) < 0)
        return false;
    (void)disk->read(disk->self, open, 0, head, sizeof(head), &got);
    disk->close(disk->self, open);
    for (size_t i = 0; i < ARRAY_COUNT(heads); i++)
        if (str_starts_with((Str){head, got}, heads[i]))
            return true;
    return false;
}

/* Returns libarchive's reason for its last failure. */
static Str archive_reason(struct archive *archive, Arena *arena) {
    const char *text = archive_error_string(archive);
    return text ? str_clone(str_from_cstr(text), arena) : STR("unknown error of libarchive");
}

/* Decompresses into the open file. Returns the reason of a failure; empty on success. */
static Str copy_plain(struct archive *archive, Download *out) {
    char *piece = arena_new_array(out->call->arena, char, PIECE_BYTES);
    la_ssize_t got = 0;
    while ((got = archive_read_data(archive, piece, PIECE_BYTES)) > 0) {
        int error = out->disk->append(out->disk->self, out->file, (Str){piece, (size_t)got});
        if (error < 0)
            return str_from_cstr(strerror(-error));
        if (call_is_cancelled(out->call))
            return STR("interrupted");
    }
    return got == 0 ? STR_EMPTY : archive_reason(archive, out->call->arena);
}

/* Creates out->part with the decompressed content of `file`. Returns as copy_plain. */
static Str decompress_part(Str file, Download *out) {
    Arena *arena = out->call->arena;
    struct archive *archive = archive_read_new();
    struct archive_entry *entry = NULL;
    (void)archive_read_support_filter_all(archive);
    (void)archive_read_support_format_raw(archive);
    Str why = STR_EMPTY;
    if (archive_read_open_filename(archive, str_to_cstr(file, arena), PIECE_BYTES) != ARCHIVE_OK ||
        archive_read_next_header(archive, &entry) != ARCHIVE_OK)
        why = archive_reason(archive, arena);
    unsigned flags = DISK_WRITE | DISK_APPEND | DISK_CREATE | DISK_TRUNCATE;
    int error = why.len ? 0 : out->disk->open(out->disk->self, out->part, flags, 0600, &out->file);
    if (error)
        why = str_from_cstr(strerror(-error));
    if (why.len == 0)
        why = copy_plain(archive, out);
    (void)archive_read_free(archive);
    return why;
}

/* Writes the decompressed content of `file` to `plain`. */
static bool decompress(const Call *call, Str file, Str plain, Diags *diags) {
    const Disk *disk = call->io->disk;
    SCOPED(Download) out = {.call = call, .disk = disk};
    out.part = disk_temporary_of(plain, call->arena);
    Str why = decompress_part(file, &out);
    int error = why.len ? 0 : disk->rename(disk->self, out.part, plain);
    if (error)
        why = str_from_cstr(strerror(-error));
    if (why.len == 0)
        return true;
    (void)disk->remove(disk->self, out.part);
    return libvirt_error_say(
        call, diags, STR("Cannot decompress the image"),
        str_format(call->arena, "The file is %.*s: %.*s.", STR_ARG(file), STR_ARG(why)));
}

bool image_cache_fetch(const Call *call, Str directory, Str url, Str checksum, Str *path,
                       Diags *diags) {
    const Disk *disk = call->io->disk;
    Str place = directory.len ? directory : libvirt_client_cache(call, "images");
    if (place.len == 0)
        return cache_add_error(
            call, diags, url,
            STR("Neither XDG_CACHE_HOME nor HOME is set, so images have no cache. Set "
                "\"image_cache_dir\" of the provider \"libvirt\"."));
    Str file = disk_join(place, str_after(checksum, 7), call->arena);
    int error = disk->make_directories(disk->self, place, 0700);
    if (error)
        return cache_add_error(call, diags, url,
                               str_format(call->arena, "Cannot make the directory %.*s: %s.",
                                          STR_ARG(place), strerror(-error)));
    if (!disk_exists(disk, file) && !cache_fetch(call, url, checksum, file, diags))
        return false;
    *path = file;
    if (!is_compressed(call, file))
        return true;
    *path = str_format(call->arena, "%.*s.plain", STR_ARG(file));
    return disk_exists(disk, *path) || decompress(call, file, *path, diags);
}
