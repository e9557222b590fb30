/* archive_unpack: an archive from a stranger into a folder.
 *
 * zip and tar, plain or packed by gzip, bzip2, xz or zstd. Nothing gets out of the folder: names
 * that are absolute or climb, hard links, devices and the like are refused, symbolic links are made
 * last, so that nothing is written through one, and are judged by who asked. What would grow beyond
 * all measure is refused. */
#pragma once

#include "diag.h"
#include "io.h"

typedef struct UnpackLimits {
    uint64_t entries;
    uint64_t bytes; /* of all files together */
} UnpackLimits;

#define UNPACK_LIMITS ((UnpackLimits){100000, (uint64_t)4 << 30})

/* The archive in `path` into `folder`, which is there and empty. False: *problem says why, as the
 * end of a sentence. */
MUST_USE bool archive_unpack(
    const Io *io, Str path, Str folder, UnpackLimits limits, Str *problem, Arena *arena);
