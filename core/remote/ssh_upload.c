/* Writes and removes files with the scripts ssh_upload_*.sh. */
#include "ssh_upload.h"

#include "digest.h"
#include "path_error.h"
#include "remote_assets.h"
#include "remote_script.h"

#define LARGE          ((size_t)262144) /* bytes; longer uploads can be resumed */
#define PIECE_SIZE     ((size_t)262144)
#define DIFFERS        96 /* exit status: the temporary file had another digest and was removed */
#define ATTEMPTS_MAX   20
#define PROGRESS_TITLE "uploading"

void ssh_upload_explain(const SshLink *link, const char *summary, Str path, const SshResult *result,
                        Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str words = ssh_client_output_tail(result->err, result->out, arena);
    bool is_full = str_find(words, STR("No space left on device"), 0) != SIZE_MAX;
    (void)path_error(
        link->call, PATH_AT(link->call, {"path"}), diags, summary,
        "\"%.*s\" on %.*s, as the user \"%.*s\": the shell failed with status %d. %.*s%s",
        STR_ARG(path), STR_ARG(endpoint), STR_ARG(ssh_client_user(link)), result->exit_status,
        STR_ARG(words),
        is_full ? "\nThe file system is full: free space on it, then apply again." : "");
}

static int disk_error(const Call *call, Str path, int error, Diags *diags) {
    (void)path_error(call, PATH_AT(call, {"source"}), diags, "Source not readable",
                     "\"%.*s\" cannot be read: %s. Check the path of \"source\".", STR_ARG(path),
                     strerror(-error));
    return error;
}

bool ssh_upload_measure(const Call *call, Str source_path, uint64_t *length, Str *sha256,
                        Diags *diags) {
    const Disk *disk = call->io->disk;
    DiskFile file;
    int error = disk->open(disk->self, source_path, DISK_READ, 0, &file);
    if (error < 0)
        return disk_error(call, source_path, error, diags) == 0;
    SCOPED(ArenaRef) scratch = arena_open("ssh measure");
    char *piece = arena_alloc(scratch, PIECE_SIZE);
    Digest *digest = digest_open(DIGEST_SHA256);
    size_t got = 0;
    *length = 0;
    do {
        error = disk->read(disk->self, file, *length, piece, PIECE_SIZE, &got);
        digest_update(digest, (Str){piece, error == 0 ? got : 0});
        *length += got;
    } while (error == 0 && got > 0);
    *sha256 = digest_finish(digest, call->arena);
    disk->close(disk->self, file);
    return error == 0 || disk_error(call, source_path, error, diags) == 0;
}

/* An upload in progress. For a large upload, the script on the machine prints the offset at which
 * it resumes. */
typedef struct Transfer {
    const SshLink *link;
    const SshUpload *upload;
    uint64_t length;
    Str sha256;
    bool is_large;
    bool has_offset; /* `offset` is known */
    uint64_t offset; /* of the next byte to send */
    DiskFile file;
    int error; /* negative errno of reading the local file; 0: none */
    StrBuf out;
    StrBuf err;
} Transfer;

/* Finds "loam-upload at OFFSET"; startup files of the shell may print text before it. */
static void find_offset(Transfer *transfer) {
    static const Str head = STR_CONST("loam-upload at ");
    Str text = strbuf_str(&transfer->out);
    size_t at = str_find(text, head, 0);
    if (at == SIZE_MAX)
        return;
    Str rest = str_after(text, at + head.len), line;
    if (str_find_char(rest, '\n', 0) == SIZE_MAX || !str_next_field(&rest, '\n', &line))
        return;
    uint64_t offset;
    if (!str_to_uint64(line, &offset) || offset > transfer->length)
        return;
    transfer->offset = offset;
    transfer->has_offset = true;
}

static void upload_on_output(void *payload, Str piece, bool is_error) {
    Transfer *transfer = payload;
    StrBuf *buf = is_error ? &transfer->err : &transfer->out;
    strbuf_add(buf, str_slice(piece, 0, LARGE - buf->len));
    if (!is_error && !transfer->has_offset)
        find_offset(transfer);
}

static int64_t upload_read_source(Transfer *transfer, char *buffer, size_t size) {
    const Disk *disk = transfer->link->call->io->disk;
    if (transfer->upload->source_path.len == 0) {
        Str rest = str_after(transfer->upload->bytes, transfer->offset);
        size_t count = rest.len < size ? rest.len : size;
        memcpy(buffer, rest.ptr, count);
        return (int64_t)count;
    }
    size_t got = 0;
    int error = disk->read(disk->self, transfer->file, transfer->offset, buffer, size, &got);
    return error == 0 ? (int64_t)got : error;
}

static int64_t upload_on_feed(void *payload, char *buffer, size_t size) {
    Transfer *transfer = payload;
    if (!transfer->has_offset)
        return 0;
    int64_t got = upload_read_source(transfer, buffer, size);
    if (got < 0)
        transfer->error = (int)got;
    if (got <= 0)
        return -1;
    transfer->offset += (uint64_t)got;
    call_progress(transfer->link->call, transfer->offset, transfer->length, PROGRESS_TITLE);
    return got;
}

static SshStatus transfer_once(SshLink *link, Transfer *transfer, SshResult *out, SshProblem *why) {
    Arena *arena = link->call->arena;
    const SshUpload *upload = transfer->upload;
    const Str arguments[] = {
        upload->path,     str_format(arena, "%llu", (unsigned long long)transfer->length),
        upload->mode,     upload->owner,
        transfer->sha256, transfer->is_large ? STR("large") : STR("small"),
    };
    SshCommand command = {
        .command = ssh_client_script(ssh_upload_write_sh, arguments, ARRAY_COUNT(arguments), arena),
        .timeout = ssh_client_timeout(link, CANCEL_NOW),
        .output = upload_on_output,
        .feed = upload_on_feed,
        .payload = transfer,
    };
    transfer->has_offset = !transfer->is_large;
    transfer->offset = 0;
    transfer->out = strbuf_new(arena);
    transfer->err = strbuf_new(arena);
    SshStatus status = ssh_client_exec(link, &command, out, why);
    out->out = strbuf_str(&transfer->out);
    out->err = strbuf_str(&transfer->err);
    return status;
}

/* Resumes a large upload after a lost connection. Restarts it once from the beginning if the digest
 * of the uploaded content is wrong: a temporary file of an earlier run may be damaged. */
static bool transfer_run(SshLink *link, Transfer *transfer, Diags *diags) {
    SshResult result = {0};
    SshProblem problem = {0};
    SshStatus status = SSH_LOST;
    bool is_again = true;
    for (int i = 0; i < ATTEMPTS_MAX && is_again && !transfer->error; i++) {
        status = transfer_once(link, transfer, &result, &problem);
        bool is_damaged = status == SSH_DONE && result.exit_status == DIFFERS;
        is_again = transfer->is_large && (status == SSH_LOST || (is_damaged && i == 0));
    }
    if (transfer->error)
        return disk_error(link->call, transfer->upload->source_path, transfer->error, diags) == 0;
    if (status != SSH_DONE) {
        ssh_client_report(link, status, problem, diags);
        return false;
    }
    if (result.exit_status == 0)
        return true;
    ssh_upload_explain(link, "File not written", transfer->upload->path, &result, diags);
    return false;
}

/* Opens the local file, and computes its digest if the caller did not pass it. */
static bool open_source(const Call *call, Transfer *transfer, Diags *diags) {
    const Disk *disk = call->io->disk;
    const SshUpload *upload = transfer->upload;
    transfer->sha256 = upload->sha256;
    if (upload->sha256.len == 0 &&
        !ssh_upload_measure(call, upload->source_path, &transfer->length, &transfer->sha256, diags))
        return false;
    int error = disk->open(disk->self, upload->source_path, DISK_READ, 0, &transfer->file);
    if (error == 0)
        error = disk->size(disk->self, transfer->file, &transfer->length);
    return error == 0 || disk_error(call, upload->source_path, error, diags) == 0;
}

bool ssh_upload_write(SshLink *link, const SshUpload *upload, Diags *diags) {
    const Call *call = link->call;
    const Disk *disk = call->io->disk;
    Transfer transfer = {.link = link, .upload = upload, .length = upload->bytes.len};
    if (upload->source_path.len == 0)
        transfer.sha256 = digest_hex(DIGEST_SHA256, upload->bytes, call->arena);
    else if (!open_source(call, &transfer, diags))
        return false;
    transfer.is_large = transfer.length > LARGE;
    bool is_written = transfer_run(link, &transfer, diags);
    if (upload->source_path.len > 0)
        disk->close(disk->self, transfer.file);
    return is_written;
}

bool ssh_upload_remove(SshLink *link, Str path, Diags *diags) {
    SshResult result = {0};
    if (!remote_script_run(link, (RemoteScript){.text = ssh_upload_remove_sh, .argument = &path},
                           &result, diags))
        return false;
    if (result.exit_status == 0)
        return true;
    ssh_upload_explain(link, "File not removed", path, &result, diags);
    return false;
}
