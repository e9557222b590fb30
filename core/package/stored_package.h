/* StoredPackage: an installed package whose program is open. Checks read the program through the
 * descriptor from which it is started later, so no other file can take its place in between. */
#pragma once

#include "io.h"

typedef struct StoredPackage {
    Str path;      /* of the package, without symbolic links */
    Str program;   /* name of the file in the package; empty: it has none */
    DiskFile file; /* the program; handle 0: none */
} StoredPackage;

/* Opens the program of the package at the path. Succeeds if it has none. Returns 0 or a negative
 * errno. The caller closes *out. */
int stored_package_open(const Io *io, Str path, Str address, StoredPackage *out, Arena *arena);
void stored_package_close(const Io *io, StoredPackage *package);
