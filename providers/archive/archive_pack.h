/* archive_pack: packs entries into an archive. Equal entries give equal bytes on every machine:
 * times and owners are omitted. */
#pragma once

#include "archive_entries.h"

typedef struct ArchiveOptions {
    bool has_mode; /* `mode` replaces the modes of the files */
    uint32_t mode;
} ArchiveOptions;

Str archive_pack_zip(const ArchiveEntries *entries, const ArchiveOptions *options, Arena *arena);
Str archive_pack_tar_gz(const ArchiveEntries *entries, const ArchiveOptions *options, Arena *arena);
