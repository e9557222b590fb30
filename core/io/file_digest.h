/* file_digest: the digest of a file, read in pieces. */
#pragma once

#include "digest.h"
#include "disk.h"

/* Sets *hex to the digest of the content. Returns 0 or a negative errno. */
MUST_USE int file_digest_open(const Disk *disk, DiskFile file, DigestKind kind, Str *hex,
                              Arena *arena);
MUST_USE int file_digest(const Disk *disk, Str path, DigestKind kind, Str *hex, Arena *arena);
