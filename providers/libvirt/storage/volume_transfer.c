/* volume_transfer: streams to and from volumes. */
#include "volume_transfer.h"

#include <errno.h>

#include "digest.h"
#include "libvirt_error.h"
#include "log.h"
#include "xml.h"

#define TRANSFER_PIECE_SIZE ((size_t)256 * 1024)

const char *volume_transfer_describe(Str name, size_t size, Arena *arena) {
    SCOPED(XmlDoc) doc = xml_new("volume");
    xmlNodePtr root = xml_root(&doc);
    xml_add_text(root, "name", name);
    xml_add_int(root, "capacity", (int64_t)size);
    xml_add_int(root, "allocation", 0);
    xmlNodePtr target = xml_add(root, "target");
    xml_set(xml_add(target, "format"), "type", STR("raw"));
    xml_add_text(xml_add(target, "permissions"), "mode", STR("0600"));
    return xml_print(&doc, arena);
}

/* The source of an upload: a file or bytes in memory. */
typedef struct Origin {
    const Disk *disk;
    DiskFile file;
    Str bytes; /* if `disk` is NULL */
    uint64_t size;
} Origin;

static int origin_read(const Origin *origin, uint64_t offset, char *buffer, size_t *got) {
    if (origin->disk)
        return origin->disk->read(origin->disk->self, origin->file, offset, buffer,
                                  TRANSFER_PIECE_SIZE, got);
    Str piece = str_slice(origin->bytes, offset, offset + TRANSFER_PIECE_SIZE);
    memcpy(buffer, piece.ptr, piece.len);
    *got = piece.len;
    return 0;
}

static int origin_open(Origin *origin, const Disk *disk, Str path) {
    *origin = (Origin){.disk = disk};
    int failure = disk->open(disk->self, path, DISK_READ, 0, &origin->file);
    if (failure < 0)
        return failure;
    failure = disk->size(disk->self, origin->file, &origin->size);
    if (failure < 0)
        disk->close(disk->self, origin->file);
    return failure;
}

static bool is_zero(const char *bytes, size_t count) {
    return count == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, count - 1) == 0);
}

/* An upload in progress. */
typedef struct Sending {
    const Call *call;
    virStreamPtr stream;
    bool is_sparse;
    uint64_t hole;   /* zero bytes not yet sent */
    uint64_t newest; /* offset of the last piece with data */
} Sending;

static bool send_hole(Sending *sending) {
    if (sending->hole == 0)
        return true;
    int sent = virStreamSendHole(sending->stream, (long long)sending->hole, 0);
    sending->hole = 0;
    return sent == 0;
}

static bool send_piece(Sending *sending, const char *bytes, size_t count) {
    if (sending->is_sparse && is_zero(bytes, count)) {
        sending->hole += count;
        return true;
    }
    if (!send_hole(sending))
        return false;
    while (count > 0) {
        int sent = virStreamSend(sending->stream, bytes, count);
        if (sent <= 0)
            return false;
        bytes += sent;
        count -= (size_t)sent;
    }
    return true;
}

static bool add_read_error(const Call *call, int failure, Diags *diags) {
    if (failure == 0)
        return libvirt_error_say(
            call, diags, STR("The file shrank during the upload"),
            STR("Another program writes the file. Wait until it is complete, then apply again."));
    return libvirt_error_say(call, diags, STR("Cannot read the file to upload"),
                             str_from_cstr(strerror(-failure)));
}

/* Sends all bytes of the source, in order. */
static bool send_all(Sending *sending, const Origin *origin, Digest *hash, Diags *diags) {
    const Call *call = sending->call;
    char *buffer = arena_alloc(call->arena, TRANSFER_PIECE_SIZE);
    uint64_t offset = 0;
    while (offset < origin->size) {
        size_t got = 0;
        int failure = origin_read(origin, offset, buffer, &got);
        if (failure < 0 || got == 0)
            return add_read_error(call, failure, diags);
        if (got > origin->size - offset)
            got = (size_t)(origin->size - offset);
        if (hash)
            digest_update(hash, (Str){buffer, got});
        if (!send_piece(sending, buffer, got))
            return libvirt_error_add(call, diags, "The upload failed");
        if (!sending->hole)
            sending->newest = offset;
        offset += got;
        call_progress(call, offset, origin->size, "uploading");
        if (call_is_cancelled(call))
            return libvirt_error_say(call, diags, STR("The upload was interrupted"), STR_EMPTY);
    }
    return send_hole(sending) || libvirt_error_add(call, diags, "The upload failed");
}

/* Downloads `limit` bytes from `offset`, or fewer at the end of the volume. */
static bool transfer_download(virStorageVolPtr volume, uint64_t offset, uint64_t limit, Str *out,
                              Arena *arena) {
    SCOPED(virStreamPtr) stream = virStreamNew(virStorageVolGetConnect(volume), 0);
    if (!stream || virStorageVolDownload(volume, stream, offset, limit, 0) < 0)
        return false;
    StrBuf bytes = strbuf_new(arena);
    char *buffer = arena_alloc(arena, TRANSFER_PIECE_SIZE);
    int got = 1;
    while (got > 0) {
        got = virStreamRecv(stream, buffer, TRANSFER_PIECE_SIZE);
        if (got > 0)
            strbuf_add(&bytes, (Str){buffer, (size_t)got});
    }
    if (got < 0) {
        (void)virStreamAbort(stream);
        return false;
    }
    if (virStreamFinish(stream) < 0)
        return false;
    *out = strbuf_str(&bytes);
    return true;
}

static bool transfer_report_cut(const Call *call, Diags *diags) {
    return libvirt_error_say(
        call, diags, STR("The upload is incomplete"),
        STR("libvirt accepted the whole upload, but the end of the volume is missing on the host. "
            "The most common reason is: No space left on device. Free some space, or choose "
            "another pool; see also libvirt's own log on the host."));
}

/* libvirt writes asynchronously, in order, up to the first failure, which it does not always
 * report. So checking the last piece verifies the whole upload. */
static bool check_newest(const Sending *sending, virStorageVolPtr volume, const Origin *origin,
                         Diags *diags) {
    const Call *call = sending->call;
    char *buffer = arena_alloc(call->arena, TRANSFER_PIECE_SIZE);
    size_t got = 0;
    Str found = STR_EMPTY;
    if (origin->size == 0)
        return true;
    int failure = origin_read(origin, sending->newest, buffer, &got);
    if (failure < 0)
        return add_read_error(call, failure, diags);
    if (got > origin->size - sending->newest)
        got = (size_t)(origin->size - sending->newest);
    bool has_answer = transfer_download(volume, sending->newest, got, &found, call->arena);
    /* Reading beyond the end of a file fails without an error code. */
    if (!has_answer && libvirt_error_code() != VIR_ERR_OK)
        return libvirt_error_add(call, diags, "Cannot read the upload back");
    if (!has_answer && virConnectIsAlive(virStorageVolGetConnect(volume)) != 1)
        return libvirt_error_say(call, diags, STR("Cannot read the upload back"),
                                 STR(LIBVIRT_CONNECTION_LOST));
    return (has_answer && str_equal(found, (Str){buffer, got})) || transfer_report_cut(call, diags);
}

static bool transfer_is_file(virStorageVolPtr volume) {
    virStorageVolInfo info = {0};
    return virStorageVolGetInfo(volume, &info) == 0 && info.type == VIR_STORAGE_VOL_FILE;
}

static bool transfer_upload(const Call *call, virStorageVolPtr volume, const Origin *origin,
                            Digest *hash, Diags *diags) {
    SCOPED(virStreamPtr) stream = virStreamNew(virStorageVolGetConnect(volume), 0);
    /* A hole in a block device would keep old data, so only files use holes. */
    Sending sending = {.call = call, .stream = stream, .is_sparse = transfer_is_file(volume)};
    unsigned flags = sending.is_sparse ? VIR_STORAGE_VOL_UPLOAD_SPARSE_STREAM : 0;
    if (!stream || virStorageVolUpload(volume, stream, 0, origin->size, flags) < 0)
        return libvirt_error_add(call, diags, "Cannot upload into the volume");
    if (!send_all(&sending, origin, hash, diags)) {
        (void)virStreamAbort(stream);
        return false;
    }
    if (virStreamFinish(stream) < 0)
        return libvirt_error_add(call, diags, "The host rejected the upload");
    log_debug("libvirt virStorageVolUpload", log_number("bytes", (int64_t)origin->size));
    return check_newest(&sending, volume, origin, diags);
}

bool volume_transfer_upload_file(const Call *call, virStorageVolPtr volume, Str path, Str *digest,
                                 Diags *diags) {
    Origin origin;
    int failure = origin_open(&origin, call->io->disk, path);
    if (failure < 0)
        return add_read_error(call, failure, diags);
    Digest *hash = digest_open(DIGEST_SHA256);
    bool sent = transfer_upload(call, volume, &origin, hash, diags);
    origin.disk->close(origin.disk->self, origin.file);
    *digest = digest_finish(hash, call->arena);
    return sent;
}

bool volume_transfer_upload(const Call *call, virStorageVolPtr volume, Str bytes, Diags *diags) {
    Origin origin = {.bytes = bytes, .size = bytes.len};
    return transfer_upload(call, volume, &origin, NULL, diags);
}

bool volume_transfer_download(virStorageVolPtr volume, size_t limit, Str *out, Arena *arena) {
    return transfer_download(volume, 0, limit, out, arena);
}
