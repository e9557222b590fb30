/* archive_pack: entries as the bytes of an archive. The same entries give the same bytes on every
 * machine: times and owners stay out. */
#pragma once

#include "archive_entries.h"

typedef struct ArchiveOptions {
    bool has_mode; /* `mode` counts instead of the files' own */
    uint32_t mode;
} ArchiveOptions;

Str archive_pack_zip(const ArchiveEntries *entries, const ArchiveOptions *options, Arena *arena);
Str archive_pack_tar_gz(const ArchiveEntries *entries, const ArchiveOptions *options, Arena *arena);
