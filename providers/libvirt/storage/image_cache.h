/* image_cache: images from web servers, downloaded once for all volumes, configurations and runs.
 *
 * A file of the cache has the digest of its content as name. An interrupted download continues; a
 * lock makes others wait for it. A compressed image is stored a second time, without compression.
 */
#pragma once

#include "provider.h"

/* Sets *path to the local file of the image. `checksum` is "sha256:…" or "sha512:…" of the
 * downloaded bytes, which are verified. */
MUST_USE bool image_cache_fetch(
    const Call *call, Str directory, Str url, Str checksum, Str *path, Diags *diags);
