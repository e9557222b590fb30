/* package_fetch: brings the archive of a package into a directory and verifies it. */
#pragma once

#include "package.h"

/* Sets *path to the archive: the one of a mirror, or a download to the file `download`, which is
 * resumed after a lost connection. Checks its SHA-256 against the package, and against its `zh:`
 * hashes. */
MUST_USE bool package_fetch_archive(const PackageQuery *query, const Package *package, Str download,
                                    Str *path, Str *zh);
/* Extracts the archive into `directory`, which must not exist. Sets *h1 to the hash of its files.
 * Rejects links that lead out of the package, and a package without the provider's program. */
MUST_USE bool package_fetch_unpack(const PackageQuery *query, const Package *package, Str archive,
                                   Str directory, Str *h1);
/* Checks an unpacked package in the same way. */
MUST_USE bool package_fetch_check(const PackageQuery *query, const Package *package, Str directory,
                                  Str *h1);
