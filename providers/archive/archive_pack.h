/* archive_pack: packs entries into an archive. Equal entries and options give equal bytes on every
 * machine: times and owners are constant. */
#pragma once

#include "provider.h"

typedef struct ArchiveEntry {
    Str name;
    Str bytes;
    uint32_t mode;
    bool is_file; /* true: a file on disk, with its mode; false: a text of the configuration, for
                     which a zip has no mode */
} ArchiveEntry;

typedef VEC(ArchiveEntry) ArchiveEntries;

typedef struct ArchiveOptions {
    bool is_zip;   /* else tar.gz */
    bool has_mode; /* `mode` replaces the modes of the entries */
    uint32_t mode;
} ArchiveOptions;

/* Returns the bytes of the archive. */
Str archive_pack(const ArchiveEntries *entries, const ArchiveOptions *options, Arena *arena);
