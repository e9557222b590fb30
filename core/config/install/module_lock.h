/* ModuleLock: .loam.lock.yaml in the root module's directory, which records the revision of each
 * module source. Installations use these revisions until an upgrade.
 *
 * Entries of the file are sorted. A source has several if its calls require different versions. The
 * file holds no credentials and belongs in version control. */
#pragma once

#include "diag.h"
#include "io.h"
#include "vec.h"

typedef struct LockEntry {
    Str source;  /* package address, without credentials */
    Str version; /* for registry modules */
    Str commit;  /* for git sources */
    Str digest;  /* for other sources: "h1:…", a digest of all files */
    Str subdir;  /* subdirectory of the module, if the registry names one */
} LockEntry;

typedef struct ModuleLock {
    VEC(LockEntry) entries;
    bool is_readonly; /* module_lock_write reports a change instead of writing it */
} ModuleLock;

#define MODULE_LOCK_NAME ".loam.lock.yaml"

/* Reads the lock file; a missing file has no entries. */
MUST_USE bool module_lock_read(const Io *io, Str directory, ModuleLock *out, Arena *arena,
                               Diags *diags);
/* Writes the lock file if its content differs; removes it if there are no entries. If the lock is
 * read-only, either change is an error. */
MUST_USE bool module_lock_write(const Io *io, Str directory, const ModuleLock *lock, Diags *diags);
/* Returns the newest entry of the source that the constraint allows (empty: any), or NULL if
 * none. */
const LockEntry *module_lock_find(const ModuleLock *lock, Str source, Str constraint);
/* Adds an entry, unless one with the same source and version exists. */
void module_lock_add(ModuleLock *lock, const LockEntry *entry, Arena *arena);
