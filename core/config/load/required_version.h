/* required_version: checks the program versions that the files of a module require.
 *
 * loam implements several releases of the language. A constraint of a terraform block is met if one
 * of them satisfies all its parts; in a file for OpenTofu alone (*.tofu, *.tofu.json), and in a
 * compatible_with block, only OpenTofu's release counts. The environment variable
 * LOAM_LANGUAGE_VERSION replaces all of them by one version. */
#pragma once

#include "config_block.h"
#include "front_end.h"

/* Adds an error to `unmet` for each version constraint of the file that this program does not
 * meet. Returns false and adds to `loading->diags` if a constraint is invalid. */
MUST_USE bool required_version_check(const ConfigLoading *loading, const Module *module,
                                     const FrontEndFile *file, Diags *unmet);
