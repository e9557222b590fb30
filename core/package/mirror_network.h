/* mirror_network: packages in a network mirror: URL/HOST/NAMESPACE/TYPE/index.json and VERSION.json
 * behind https. It has no signatures; its hashes must match. */
#pragma once

#include "package.h"

/* The functions of package_source.c. */
MUST_USE bool mirror_network_versions(const PackageSources *sources,
                                      const CliInstallation *installation, Str address, StrVec *out,
                                      Str *problem, Arena *arena);
MUST_USE bool mirror_network_find(const PackageSources *sources,
                                  const CliInstallation *installation, const Package *wanted,
                                  Package *out, Str *problem, Arena *arena);
