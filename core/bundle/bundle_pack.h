/* bundle_pack: writes some files of a bundle to a plain tar file, which any machine can unpack. */
#pragma once

#include "bundle_reader.h"

/* Verifies the bundle's head, and each packed file while it is written. `out` is a new file; after
 * an error it does not exist. */
MUST_USE bool bundle_pack(const BundleRequest *request, const StrVec *paths, Str out, Arena *arena,
                          Diags *diags);
