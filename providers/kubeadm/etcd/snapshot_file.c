/* snapshot_file: one reader for three forms. */
#include "snapshot_file.h"
#include "cms_reader.h"
#include "digest.h"
#include "hex.h"
#include "sealed_file.h"

#define PIECE_BYTES ((size_t)1 << 20)
#define PAGE        512

struct SnapshotFile {
    Arena *arena;
    const Disk *disk;
    SealedReader *sealed;
    CmsReader *message; /* both NULL: a plain file */
    DiskFile file;
    uint64_t size;
    uint64_t at;
    char *buffer;
};

static Str snapshot_file_explain(const char *action, int error, Arena *arena) {
    return str_format(arena, "%s it: %s", action, strerror(-error));
}

static Str file_read_piece(SnapshotFile *file, Str *out, Arena *arena) {
    uint64_t left = file->size - file->at;
    size_t size = left < PIECE_BYTES ? (size_t)left : PIECE_BYTES, got;
    int error = file->disk->read(file->disk->self, file->file, file->at, file->buffer, size, &got);
    if (error || got != size)
        return error ? snapshot_file_explain("cannot read", error, arena)
                     : STR("it became shorter");
    file->at += size;
    *out = (Str){file->buffer, size};
    return STR_EMPTY;
}

/* Reads the whole file; a piece may have a part of the trailer. */
static Str check_plain(SnapshotFile *file, EtcdSnapshot *head, Arena *arena) {
    Digest *whole = digest_open(DIGEST_SHA256), *body = digest_open(DIGEST_SHA256);
    uint64_t body_size = file->size - ETCD_SNAPSHOT_TRAILER;
    StrBuf trailer = strbuf_new(arena);
    Str piece, problem = STR_EMPTY;
    while (!problem.len && file->at < file->size) {
        uint64_t start = file->at;
        problem = file_read_piece(file, &piece, arena);
        if (problem.len)
            break;
        uint64_t left = start < body_size ? body_size - start : 0;
        size_t part = left < piece.len ? (size_t)left : piece.len;
        digest_update(whole, piece);
        digest_update(body, str_slice(piece, 0, part));
        strbuf_add(&trailer, str_after(piece, part));
    }
    file->at = 0;
    Str found = digest_finish(body, arena);
    head->digest = str_concat(STR("sha256:"), digest_finish(whole, arena), arena);
    head->size = file->size;
    head->id = str_slice(found, 0, ETCD_SNAPSHOT_ID_LENGTH);
    if (problem.len || str_equal(found, hex_encode(strbuf_str(&trailer), arena)))
        return problem;
    return STR("it is not whole: its end is missing, or it was changed");
}

/* `problem` is why the file is not a sealed one. */
static Str open_plain(SnapshotFile *file, Str path, Str problem, EtcdSnapshot *head, Arena *arena) {
    int error = file->disk->open(file->disk->self, path, DISK_READ, 0, &file->file);
    if (!error)
        error = file->disk->size(file->disk->self, file->file, &file->size);
    if (error)
        return snapshot_file_explain("cannot open", error, arena);
    if (file->size <= ETCD_SNAPSHOT_TRAILER || file->size % PAGE != ETCD_SNAPSHOT_TRAILER)
        return str_format(arena, "%.*s, and not a whole snapshot of etcdctl", STR_ARG(problem));
    file->buffer = arena_alloc(file->arena, PIECE_BYTES);
    return check_plain(file, head, arena);
}

Str snapshot_file_open(const Disk *disk, Str path, SnapshotFile **out, EtcdSnapshot *head,
                       Arena *arena) {
    Arena *own = arena_open("snapshot file");
    SnapshotFile *file = *out = arena_new(own, SnapshotFile);
    *file = (SnapshotFile){.arena = own, .disk = disk};
    *head = (EtcdSnapshot){0};
    Str problem = sealed_reader_open(disk, path, &file->sealed, arena);
    if (!problem.len)
        return etcd_snapshot_parse(str_clone(sealed_reader_head(file->sealed), arena), head, arena)
                   ? STR_EMPTY
                   : STR("it is not a snapshot of etcd");
    sealed_reader_close(file->sealed);
    file->sealed = NULL;
    return disk_exists(disk, path) ? open_plain(file, path, problem, head, arena) : problem;
}

Str snapshot_file_open_message(const Disk *disk, Str path, Str key_pem, SnapshotFile **out,
                               Arena *arena) {
    Arena *own = arena_open("snapshot file");
    SnapshotFile *file = *out = arena_new(own, SnapshotFile);
    *file = (SnapshotFile){.arena = own, .disk = disk};
    return cms_reader_open(disk, path, key_pem, &file->message, arena);
}

Str snapshot_file_unlock(SnapshotFile *file, Str passphrase, Arena *arena) {
    if (!file->sealed)
        return STR_EMPTY;
    return passphrase.len ? sealed_reader_unlock(file->sealed, passphrase, arena)
                          : STR("it is encrypted, and \"passphrase\" is not set");
}

Str snapshot_file_next(SnapshotFile *file, Str *out, bool *is_end, Arena *arena) {
    if (file->message)
        return cms_reader_next(file->message, out, is_end, arena);
    if (file->sealed)
        return sealed_reader_next(file->sealed, out, is_end, arena);
    *out = STR_EMPTY;
    *is_end = file->at == file->size;
    return *is_end ? STR_EMPTY : file_read_piece(file, out, arena);
}

void snapshot_file_close(SnapshotFile *file) {
    if (!file)
        return;
    sealed_reader_close(file->sealed);
    cms_reader_close(file->message);
    if (file->file.handle)
        file->disk->close(file->disk->self, file->file);
    arena_close(file->arena);
}
