/* archive_entries: the files of an archive, in order. */
#pragma once

#include "provider.h"

typedef struct ArchiveEntry {
    Str name;
    Str bytes;
    uint32_t mode;
    bool is_file; /* true: a file on disk, with its mode; false: a text of the configuration */
} ArchiveEntry;

typedef VEC(ArchiveEntry) ArchiveEntries;

/* Collects the files that the arguments of archive_file name; adds an error on failure. Entries of
 * a directory are sorted by name; the files of a subdirectory take its position. */
MUST_USE bool archive_entries_collect(const Call *call,
                                      Value arguments,
                                      ArchiveEntries *out,
                                      Diags *diags);
