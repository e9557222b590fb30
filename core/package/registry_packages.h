/* registry_packages: member "packages" of a registry's answer: size and hashes of the package of
 * each platform.
 *
 *   "packages": {"linux_amd64": {"hashes": ["h1:…", "zh:…"], "package_size": 4711}, …}
 *
 * OpenTofu's registry has it. A registry without the member is accepted. */
#pragma once

#include "package.h"
#include "value.h"

/* Sets size and hashes of *out, whose platform and sha256 are set; adds the hashes of all platforms
 * to out->signed_hashes if `records_all`. `url` is the address of `answer`, for errors. Fails if
 * the member lacks the platform, or contradicts the checksum. */
MUST_USE bool registry_packages_read(const PackageQuery *query, Str url, Value answer,
                                     bool records_all, Package *out);
