/* manifest_files: reads the manifests of a file, or of a directory with all directories below it:
 * *.yaml, *.yml and *.json, sorted by path. */
#pragma once

#include "manifest_text.h"

/* Adds the objects. `argument` is the place of errors; they name the file. */
MUST_USE bool manifest_files_read(const Call *call, Path argument, Str path, ManifestObjects *out,
                                  Diags *diags);
