/* mirror_oci: packages in repositories of an OCI registry, as OpenTofu 1.10 defines them: a tag is
 * a version, its manifest an index with one manifest for each platform, whose only layer is the
 * archive. Digests lead from one to the next; there are no signatures. */
#pragma once

#include "package.h"

/* The functions of package_source.c. */
MUST_USE bool mirror_oci_versions(const PackageSources *sources,
                                  const CliInstallation *installation, Str address, StrVec *out,
                                  Str *problem, Arena *arena);
MUST_USE bool mirror_oci_find(const PackageSources *sources, const CliInstallation *installation,
                              const Package *wanted, Package *out, Str *problem, Arena *arena);
/* Returns an error about the template as the end of a sentence, or NULL: it has unknown variables,
 * or lacks one for a part that `include` leaves open. */
const char *mirror_oci_check(const CliInstallation *installation, Arena *arena);
