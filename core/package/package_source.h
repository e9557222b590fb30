/* package_source: where packages of providers come from: the installation methods of the CLI
 * configuration, or the directories of -plugin-dir.
 *
 * All methods that serve an address are asked, and their versions are merged. A version comes from
 * the first method that has it. */
#pragma once

#include "package.h"

/* Lists the versions of a provider, newest first. */
MUST_USE bool package_source_versions(const PackageQuery *query, Str address, StrVec *out);
/* Returns the first of the versions that the constraints select; empty if none. */
Str package_source_newest(const StrVec *versions, Str constraints);
/* Finds the package of one version for a platform. Verifies the signature of its checksums. */
MUST_USE bool package_source_find(const PackageQuery *query, Str address, Str version, Str platform,
                                  Package *out);
/* Replaces all methods by these directories: -plugin-dir. */
void package_source_only(CliConfig *config, const StrVec *directories, Arena *arena);
/* Replaces all methods by registries. */
void package_source_only_direct(CliConfig *config, Arena *arena);
