/* image_cache: images from web servers, downloaded once for all volumes, configurations and runs.
 *
 * A file in the cache is named by the digest of its content. A later call resumes an interrupted
 * download. A lock on the partial file lets one process download an image at a time; others wait. A
 * compressed image is also stored decompressed. Files are never removed from the cache. */
#pragma once

#include "provider.h"

/* Downloads the image unless it is cached, verifies it, and sets *path to the local (decompressed)
 * file. An empty `directory` is the default one. `checksum` is "sha256:…" or "sha512:…" of the
 * downloaded bytes. On failure adds an error and returns false. */
MUST_USE bool image_cache_fetch(const Call *call, Str directory, Str url, Str checksum, Str *path,
                                Diags *diags);
