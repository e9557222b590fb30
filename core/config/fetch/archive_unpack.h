/* archive_unpack: extracts an untrusted archive into a directory.
 *
 * Supports zip and tar, plain or compressed by gzip, bzip2, xz or zstd. No entry is written
 * outside the directory: absolute paths, "..", hard links and devices are errors. Symbolic links
 * are created last, so that nothing is written through them; the caller must check them.
 * Archives that exceed the limits are errors. */
#pragma once

#include "diag.h"
#include "io.h"

typedef struct UnpackLimits {
    uint64_t entries;
    uint64_t bytes; /* total size of all files */
} UnpackLimits;

#define UNPACK_LIMITS ((UnpackLimits){100000, (uint64_t)4 << 30})

/* Extracts the archive at `path` into an existing, empty directory. On failure *problem is the
 * reason, as the end of a sentence. */
MUST_USE bool archive_unpack(const Io *io, Str path, Str directory, UnpackLimits limits,
                             Str *problem, Arena *arena);
