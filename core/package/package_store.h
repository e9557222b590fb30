/* package_store: a directory of installed packages, in the layout of an unpacked mirror:
 * HOST/NAMESPACE/TYPE/VERSION/OS_ARCH. Both the providers of a project and the plugin cache have
 * this layout.
 *
 * Packages are made in a temporary directory beside, and renamed when they are complete. A symbolic
 * link above a package is an error, because writing through it would change other files. */
#pragma once

#include "package.h"

Str package_store_path(Str root, Str address, Str version, Str platform, Arena *arena);
/* Creates an empty directory for work in the store. Returns 0 or a negative errno. */
int package_store_work(const Io *io, Str root, Str *out, Arena *arena);
/* Moves the directory `from` to the path of a package, or creates a link to `target` (from empty).
 * Replaces an older package. */
MUST_USE bool package_store_put(const PackageQuery *query, Str root, Str path, Str from,
                                Str target);
/* Acquires the lock of the store; waits while another process has it. Returns 0 or a negative
 * errno: -EAGAIN after ten minutes. */
int package_store_lock(const Io *io, Str root, const CancelToken *cancel, DiskFile *out,
                       Arena *arena);
