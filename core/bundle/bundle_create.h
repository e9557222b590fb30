/* bundle_create: makes a bundle from an inventory: local files, downloads, images. */
#pragma once

#include "bundle_inventory.h"
#include "io.h"

typedef struct BundleCreation {
    const Io *io;
    const BundleInventory *inventory;
    Str directory;                /* of the inventory, for relative sources */
    Str out;                      /* a new directory, or a file that ends in .tar.zst */
    const MinisignSecret *secret; /* NULL: no signature */
    const CancelToken *cancel;
    void (*progress)(void *payload, Str path); /* before each file; NULL: none */
    void *payload;
} BundleCreation;

/* Writes the bundle; *bundle describes it. An existing file or directory at `out` is an error.
 * After an error, `out` does not exist. */
MUST_USE bool bundle_create(const BundleCreation *creation, Bundle *bundle, Arena *arena,
                            Diags *diags);
