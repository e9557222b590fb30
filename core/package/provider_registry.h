/* provider_registry: packages in the registry of the provider's host, by the provider registry
 * protocol. The checksums of a package need a good signature by one of the keys that the registry
 * names. */
#pragma once

#include "package.h"

/* The functions of package_source.c. */
MUST_USE bool provider_registry_versions(const PackageSources *sources,
                                         const CliInstallation *installation, Str address,
                                         StrVec *out, Str *problem, Arena *arena);
MUST_USE bool provider_registry_find(const PackageSources *sources,
                                     const CliInstallation *installation, const Package *wanted,
                                     Package *out, Str *problem, Arena *arena);
