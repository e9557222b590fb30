/* archive_entries: the files that go into an archive, in their order. */
#pragma once

#include "provider.h"

typedef struct ArchiveEntry {
    Str name;
    Str bytes;
    uint32_t mode;
    bool is_file; /* of the disk, with its mode; else a text of the configuration */
} ArchiveEntry;

typedef VEC(ArchiveEntry) ArchiveEntries;

/* What the arguments of archive_file name; on failure adds an error. Files of a directory are in
 * the order of their names, a directory's files in its place. */
MUST_USE bool archive_entries_collect(const Call *call,
                                      Value arguments,
                                      ArchiveEntries *out,
                                      Diags *diags);
