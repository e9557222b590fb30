/* bundle_reader: verifies a bundle on disk, and packs some of its files.
 *
 * Verifies in this order: the pin, the digests of the head, the list of files; then size and digest
 * of each file. Writes nothing before the pin and the list have been verified. */
#pragma once

#include "bundle.h"
#include "cancel.h"
#include "diag.h"
#include "disk.h"

typedef struct BundleRequest {
    const Disk *disk;
    Str path; /* a directory, or a .tar.zst */
    BundlePin pin;
    const CancelToken *cancel;
} BundleRequest;

/* Reads and verifies only the files that describe the bundle. *out is in `arena`. */
MUST_USE bool bundle_reader_open(const BundleRequest *request, Bundle *out, Arena *arena,
                                 Diags *diags);
/* Like bundle_reader_open, and verifies every other file, and that the bundle contains no more. */
MUST_USE bool bundle_reader_verify(const BundleRequest *request, Bundle *out, Arena *arena,
                                   Diags *diags);
/* Writes some files of a bundle to a plain tar file, which any machine can unpack. Verifies the
 * bundle's head, and each packed file while it is written. `out` is a new file; after an error it
 * does not exist. */
MUST_USE bool bundle_reader_pack(const BundleRequest *request, const StrVec *paths, Str out,
                                 Arena *arena, Diags *diags);
/* Reads a digest and a public key of minisign, given as its line or as the path of a file. Empty
 * texts set no pin. */
MUST_USE bool bundle_reader_pin(const Disk *disk, Str digest, Str public_key, BundlePin *out,
                                Arena *arena, Diags *diags);
