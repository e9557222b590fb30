/* module_manifest: the manifest of installed modules, .loam/modules/modules.json, in Terraform's
 * format.
 *
 * Each call has its dotted key ("a.b"), source, version and directory, as `init` found them. */
#pragma once

#include "diag.h"
#include "io.h"
#include "map.h"

typedef struct ModuleManifest {
    Map entries; /* dotted key → ModuleEntry */
} ModuleManifest;

typedef struct ModuleEntry {
    Str key;
    Str source;  /* without credentials */
    Str version; /* empty: the source has none */
    Str directory;
} ModuleEntry;

Str module_manifest_path(Str data_directory, Arena *arena);
/* Reads the manifest; a missing file has no entries. */
MUST_USE bool module_manifest_read(const Io *io, Str data_directory, ModuleManifest *out,
                                   Arena *arena, Diags *diags);
MUST_USE bool module_manifest_write(const Io *io, Str data_directory,
                                    const ModuleManifest *manifest, Diags *diags);
