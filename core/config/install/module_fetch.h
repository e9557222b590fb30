/* module_fetch: fetches one package from its address into the directory of copies. */
#pragma once

#include "module_lock.h"
#include "module_options.h"

typedef struct ModuleFetch {
    const ModuleInstallOptions *options;
    SourceAddress address;
    Str constraint;
    const LockEntry *locked; /* locked revision; NULL: select one */
    const ModuleLock *known; /* revisions whose copies exist; NULL: none */
    SourceRange range;
} ModuleFetch;

/* Returns the directory of copies, .loam/modules. */
Str module_fetch_directory(const ModuleInstallOptions *options, Arena *arena);
/* Returns the directory for the copy of a revision, whether it exists or not. */
Str module_fetch_copy(const ModuleInstallOptions *options, const LockEntry *entry, Arena *arena);
/* Returns whether the directory name has the form of a copy's name. */
bool module_fetch_is_copy(Str name);
/* Fetches the package and keeps its copy; *out is the revision. Downloads nothing if `known` has
 * the selected version. Only the holder of the lock on the copies may call it. */
MUST_USE bool module_fetch_run(const ModuleFetch *fetch, LockEntry *out, Arena *arena,
                               Diags *diags);
/* Fetches into a temporary directory, which exists until module_fetch_clean. */
MUST_USE bool module_fetch_aside(const ModuleFetch *fetch, Str *directory, LockEntry *out,
                                 Arena *arena, Diags *diags);
/* Removes the temporary directory of fetches; ignores failures. */
void module_fetch_clean(const ModuleInstallOptions *options, Arena *arena);
