/* ModuleLock: .loam.lock.yaml in the root folder: which revision each module source was resolved
 * to, so that every installation is the same until newer ones are requested.
 *
 * Entries are sorted; a source has more than one where calls of it demand different versions. It
 * holds no credentials. To be kept with the configuration. */
#pragma once

#include "diag.h"
#include "io.h"
#include "vec.h"

typedef struct LockEntry {
    Str source;  /* the package, without credentials */
    Str version; /* of a registry's module */
    Str commit;  /* of what came from git */
    Str digest;  /* of all else: "h1:…" over the files */
    Str subdir;  /* the module within the package that the registry named */
} LockEntry;

typedef struct ModuleLock {
    VEC(LockEntry) entries;
} ModuleLock;

#define MODULE_LOCK_NAME ".loam.lock.yaml"

/* No file: no entries. */
MUST_USE bool module_lock_read(
    const Io *io, Str folder, ModuleLock *out, Arena *arena, Diags *diags);
/* Leaves the file alone when it says the same already; without entries there is none. */
MUST_USE bool module_lock_write(const Io *io, Str folder, const ModuleLock *lock, Diags *diags);
/* Does the file say the same already? An error that says to write it, if not. */
MUST_USE bool module_lock_check(const Io *io, Str folder, const ModuleLock *lock, Diags *diags);
/* The newest of that source whose version the constraint (empty: any) allows; NULL: none. */
const LockEntry *module_lock_find(const ModuleLock *lock, Str source, Str constraint);
/* Adds, unless one of that source and version is there. */
void module_lock_add(ModuleLock *lock, const LockEntry *entry, Arena *arena);
