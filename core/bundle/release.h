/* release: verifies a directory with the files of a release of loam.
 *
 *   SHA256SUMS          a line of each file, as sha256sum writes it: digest, two blanks, name
 *   SHA256SUMS.minisig  a signature of SHA256SUMS; its trusted comment is "loam VERSION"
 *
 * The names of packages and archives, such as loam-0.2.0-linux-x86_64.tar.zst, have the version of
 * the comment. So a valid list of one release cannot have a file of another one. */
#pragma once

#include "cancel.h"
#include "diag.h"
#include "disk.h"

typedef struct ReleaseRequest {
    const Disk *disk;
    Str directory;
    const char *keys;     /* as release_keys has them */
    bool ignores_missing; /* files of the list may be absent, but not all of them */
    const CancelToken *cancel;
} ReleaseRequest;

typedef struct Release {
    Str version; /* 0.2.0 */
    Str key_id;  /* as minisign prints it */
    size_t file_count;
} Release;

/* Verifies the signature, then the digest of each file, and that the directory has no other file.
 * *out is in `arena`. Adds an error for each kind of difference. Writes nothing. */
MUST_USE bool release_verify(const ReleaseRequest *request, Release *out, Arena *arena,
                             Diags *diags);
