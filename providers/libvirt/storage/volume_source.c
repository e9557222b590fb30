/* volume_source: local images. */
#include "volume_source.h"

#include "digest.h"
#include "libvirt_error.h"

#define SOURCE_PIECE_SIZE ((size_t)256 * 1024)

static uint64_t big_endian(const unsigned char *bytes) {
    uint64_t number = 0;
    for (size_t i = 0; i < 8; i++)
        number = number << 8 | bytes[i];
    return number;
}

bool volume_source_probe(const Call *call, Str path, VolumeSource *out) {
    const Disk *disk = call->io->disk;
    DiskStat stat;
    DiskFile file;
    if (disk->stat(disk->self, path, &stat) < 0 || stat.kind != DISK_FILE)
        return false;
    if (disk->open(disk->self, path, DISK_READ, 0, &file) < 0)
        return false;
    unsigned char head[32] = {0};
    size_t got = 0;
    int failure = disk->read(disk->self, file, 0, head, sizeof(head), &got);
    disk->close(disk->self, file);
    if (failure < 0)
        return false;
    /* The qcow2 header: magic, version, offset of the backing file, cluster bits, size. */
    bool is_qcow2 = got == sizeof(head) && memcmp(head, "QFI\xfb", 4) == 0;
    out->format = is_qcow2 ? STR("qcow2") : STR("raw");
    out->length = stat.size;
    out->capacity = is_qcow2 ? big_endian(head + 24) : stat.size;
    return true;
}

/* Parses "size mtime digest path". */
static bool source_recall(Str memory, const DiskStat *stat, Str path, Str *digest) {
    Str rest = memory;
    Str size = STR_EMPTY;
    Str time = STR_EMPTY;
    Str known = STR_EMPTY;
    uint64_t old_size = 0;
    int64_t old_time = 0;
    if (!str_next_field(&rest, ' ', &size) || !str_next_field(&rest, ' ', &time) ||
        !str_next_field(&rest, ' ', &known))
        return false;
    if (!str_to_uint64(size, &old_size) || !str_to_int64(time, &old_time))
        return false;
    if (old_size != stat->size || old_time != stat->modified_ns || !str_equal(rest, path))
        return false;
    *digest = known;
    return true;
}

/* Sets *out to the digest of the file in hexadecimal digits. Returns false if the file cannot be
 * read or the call is cancelled. */
static bool source_digest_of(const Call *call, Str path, DigestKind kind, Str *out) {
    const Disk *disk = call->io->disk;
    DiskFile file;
    uint64_t size = 0, offset = 0;
    if (disk->open(disk->self, path, DISK_READ, 0, &file) < 0)
        return false;
    int failure = disk->size(disk->self, file, &size);
    Digest *digest = digest_open(kind);
    char *piece = arena_alloc(call->arena, SOURCE_PIECE_SIZE);
    size_t got = 1;
    while (failure >= 0 && got > 0 && !call_is_cancelled(call)) {
        failure = disk->read(disk->self, file, offset, piece, SOURCE_PIECE_SIZE, &got);
        if (failure < 0)
            break;
        digest_update(digest, (Str){piece, got});
        offset += got;
        call_progress(call, offset, size, "hashing");
    }
    disk->close(disk->self, file);
    *out = digest_finish(digest, call->arena);
    return failure >= 0 && got == 0;
}

bool volume_source_look(const Call *call, Str path, Str memory, VolumeSource *out, Str *remember) {
    const Disk *disk = call->io->disk;
    DiskStat stat;
    *out = (VolumeSource){0};
    if (disk->stat(disk->self, path, &stat) < 0 || !volume_source_probe(call, path, out))
        return false;
    if (!source_recall(memory, &stat, path, &out->digest)) {
        Str hex = STR_EMPTY;
        if (!source_digest_of(call, path, DIGEST_SHA256, &hex))
            return false;
        out->digest = str_concat(STR("sha256:"), hex, call->arena);
    }
    *remember = str_format(call->arena, "%llu %lld %.*s %.*s", (unsigned long long)stat.size,
                           (long long)stat.modified_ns, STR_ARG(out->digest), STR_ARG(path));
    return true;
}

bool volume_source_verify(const Call *call, Str path, Str checksum, Diags *diags) {
    bool is_long = str_starts_with(checksum, STR("sha512:"));
    Str actual = STR_EMPTY;
    if (!source_digest_of(call, path, is_long ? DIGEST_SHA512 : DIGEST_SHA256, &actual))
        return libvirt_error_say(call, diags, STR("Cannot read the volume's source"),
                                 str_format(call->arena, "The file is %.*s.", STR_ARG(path)));
    if (str_equal(str_after(checksum, 7), actual))
        return true;
    return libvirt_error_say(
        call, diags, STR("The volume's source does not match its checksum"),
        str_format(call->arena,
                   "%.*s has the digest %.*s%.*s. The file is incomplete or has another content. "
                   "Download it again, or correct \"checksum\".",
                   STR_ARG(path), STR_ARG(str_slice(checksum, 0, 7)), STR_ARG(actual)));
}
