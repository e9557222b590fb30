/* module_install: where the code of a child module is.
 *
 * Local paths are used in place. .loam/modules/modules.json records each call by its dotted key
 * ("a.b"), source and folder, as `init` found it; other commands ask the record and say "run loam
 * init" where it is missing or no longer matches. */
#pragma once

#include "config.h"
#include "io.h"

typedef struct ModuleManifest {
    Map entries; /* dotted key → ModuleEntry */
} ModuleManifest;

typedef struct ModuleEntry {
    Str key;
    Str source;
    Str folder;
} ModuleEntry;

MUST_USE bool module_manifest_read(
    const Io *io, Str data_folder, ModuleManifest *out, Arena *arena, Diags *diags);
MUST_USE bool module_manifest_write(const Io *io,
                                    Str data_folder,
                                    const ModuleManifest *manifest,
                                    Diags *diags);
