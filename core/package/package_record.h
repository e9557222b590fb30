/* PackageRecord: the packages that this user has installed for the project in the working
 * directory, and the hashes of packages that did not change since.
 *
 * The record lies in $XDG_STATE_HOME/loam/providers, by default in ~/.local/state, so the files of
 * a project cannot contain it: a package that came with the project is not in it. If the home
 * directory is within the project, the record is valid only in the directory in which it was
 * written, by device and inode. `init` writes the record. */
#pragma once

#include "diag.h"
#include "stored_package.h"

typedef struct PackageRecord {
    const Io *io;
    Str directory; /* empty: none */
    StrVec hashes; /* "h1:…" of the installed packages */
} PackageRecord;

/* Reads the record of the working directory. A missing one has no hashes. */
PackageRecord package_record_read(const Io *io, Arena *arena);
/* Computes the hash of a package, or takes it from the record if no file has changed. Returns 0 or
 * a negative errno. Another program that links to a file of the package, for a cache, changes its
 * mark: the package is hashed again then, and -EBUSY is returned if it changes again and again. */
int package_record_hash(const PackageRecord *record, const StoredPackage *package, Str *h1,
                        Arena *arena);
/* Replaces the hashes of the installed packages. */
MUST_USE bool package_record_write(const Io *io, const StrVec *hashes, Diags *diags);
