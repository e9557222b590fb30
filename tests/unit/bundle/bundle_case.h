/* A bundle of two files with the content "program": bin/x and manifests/y.yaml. */
#pragma once

#include "bundle_create.h"
#include "unit.h"

/* Makes it in the directory under this name, which says its form. */
static inline void bundle_case_make(const Io *io, Str directory, const char *name, Bundle *bundle,
                                    Arena *arena, Diags *diags) {
    const Disk *disk = io->disk;
    Str source = disk_join(directory, STR("x"), arena);
    assert_int_equal(disk->write_file(disk->self, source, STR("program"), 0600), 0);
    BundleInventory inventory;
    Str text = STR("kubernetes_version: \"1.34.4\"\narchitecture: amd64\nfiles:\n"
                   "- {path: bin/x, source: x}\n- {path: manifests/y.yaml, source: x}\n");
    assert_true(bundle_inventory_read(STR("i"), text, &inventory, arena, diags));
    BundleCreation creation = {.io = io,
                               .inventory = &inventory,
                               .directory = directory,
                               .out = disk_join(directory, str_from_cstr(name), arena)};
    assert_true(bundle_create(&creation, bundle, arena, diags));
}
