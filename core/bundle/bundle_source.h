/* bundle_source: reads the files of a bundle, a directory or a .tar.zst, one after the other.
 *
 * Symbolic and hard links, devices, invalid paths and duplicate entries are errors. The three files
 * that describe the bundle come first; an archive that has them later is rejected, so every other
 * file can be compared with its entry before its content is read. */
#pragma once

#include "arena.h"
#include "disk.h"

typedef struct BundleSource BundleSource;

/* A file of the source; valid until the visit returns. */
typedef struct BundleEntry {
    Str path;
    uint64_t size; /* from the directory or the archive header */
    BundleSource *source;
} BundleEntry;

/* BUNDLE_FAILED is 0, so that a function can return false for it. */
typedef enum BundleNext { BUNDLE_FAILED, BUNDLE_CONTINUE, BUNDLE_STOP } BundleNext;
typedef BundleNext BundleVisit(const BundleEntry *entry, void *payload, Str *problem);

/* Calls `visit` for each file. Returns false with *problem, the end of a sentence, if the source or
 * a visit fails. */
MUST_USE bool bundle_source_each(const Disk *disk, Str path, BundleVisit *visit, void *payload,
                                 Str *problem, Arena *arena);

/* Reads the next bytes of the entry's content; *got is 0 at its end. An error if the content is
 * longer or shorter than `size`. */
MUST_USE bool bundle_source_read(const BundleEntry *entry, char *out, size_t size, size_t *got,
                                 Str *problem);
