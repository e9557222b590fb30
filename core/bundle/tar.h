/* tar: reads and writes tar files, plain or compressed. */
#pragma once

#include "disk.h"

typedef enum TarKind { TAR_FILE, TAR_DIRECTORY, TAR_LINK, TAR_OTHER } TarKind;

/* An entry of a file that is being read; valid until the visit returns. */
typedef struct TarEntry {
    Str path;
    TarKind kind;
    uint64_t size; /* of a file */
    void *reader;
} TarEntry;

typedef enum TarNext { TAR_CONTINUE, TAR_STOP, TAR_FAILED } TarNext;
typedef TarNext TarVisit(const TarEntry *entry, void *payload, Str *problem);

/* Calls `visit` for each regular file, with its path without a leading "./". *problem is the end of
 * a sentence. */
MUST_USE bool tar_each(const Disk *disk, Str path, TarVisit *visit, void *payload, Str *problem,
                       Arena *arena);
/* Calls `visit` for each entry of a .tar.zst, with its path as it is. Unusual headers, which
 * tar_each accepts, are an error. */
MUST_USE bool tar_each_entry(const Disk *disk, Str path, TarVisit *visit, void *payload,
                             Str *problem, Arena *arena);
/* Reads the next bytes; *got is 0 at the end. */
MUST_USE bool tar_entry_read(const TarEntry *entry, char *out, size_t size, size_t *got,
                             Str *problem);

/* A file that is being written. Names, owners and times depend on the arguments alone, so equal
 * content gives equal bytes. */
typedef struct TarWriter TarWriter;

/* Opens a new file; `compresses` selects zstd. Returns NULL with *problem on failure. */
TarWriter *tar_writer_open(const Disk *disk, Str path, bool compresses, Str *problem, Arena *arena);
/* Starts an entry; tar_writer_add must add exactly `size` bytes. */
MUST_USE bool tar_writer_start(TarWriter *writer, Str path, uint64_t size, uint32_t mode);
MUST_USE bool tar_writer_add(TarWriter *writer, Str bytes);
/* Closes the file and syncs it. Returns false with *problem if any write failed. NULL is
 * accepted. */
MUST_USE bool tar_writer_close(TarWriter *writer, Str *problem);
