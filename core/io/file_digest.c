#include "file_digest.h"

#define DIGEST_PIECE_SIZE ((size_t)65536)

int file_digest_open(const Disk *disk, DiskFile file, DigestKind kind, Str *hex, Arena *arena) {
    size_t got = 1;
    int status = 0;
    SCOPED(ArenaRef) scratch = arena_open("file digest");
    char *piece = arena_alloc(scratch, DIGEST_PIECE_SIZE);
    Digest *digest = digest_open(kind);
    for (uint64_t at = 0; status == 0 && got > 0; at += got) {
        got = 0;
        status = disk->read(disk->self, file, at, piece, DIGEST_PIECE_SIZE, &got);
        digest_update(digest, (Str){piece, got});
    }
    *hex = digest_finish(digest, arena);
    return status;
}

int file_digest(const Disk *disk, Str path, DigestKind kind, Str *hex, Arena *arena) {
    DiskFile file;
    int status = disk->open(disk->self, path, DISK_READ, 0, &file);
    if (status != 0)
        return status;
    status = file_digest_open(disk, file, kind, hex, arena);
    disk->close(disk->self, file);
    return status;
}
