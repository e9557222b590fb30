/* bundle_pin: reads the digest and the public key that a bundle must match. */
#pragma once

#include "bundle.h"
#include "diag.h"
#include "disk.h"

/* Reads a digest and a public key of minisign, given as its line or as the path of a file. Empty
 * texts set no pin. */
MUST_USE bool bundle_pin_read(const Disk *disk, Str digest, Str public_key, BundlePin *out,
                              Arena *arena, Diags *diags);
