/* module_fetch: one package from wherever its address leads, into the folder of copies. */
#pragma once

#include "module_lock.h"
#include "module_options.h"

typedef struct ModuleFetch {
    const ModuleInstallOptions *options;
    SourceAddress address;
    Str constraint;
    const LockEntry *locked; /* NULL: choose */
    const ModuleLock *known; /* whose copies are there; NULL: none */
    SourceRange range;
} ModuleFetch;

/* .loam/modules */
Str module_fetch_folder(const ModuleInstallOptions *options, Arena *arena);
/* The copy of a package in that revision, be it there or not. */
Str module_fetch_copy(const ModuleInstallOptions *options, const LockEntry *entry, Arena *arena);
/* Does a folder's name look like a copy's? */
bool module_fetch_is_copy(Str name);
/* Fetches; *out is the revision, and its copy is there. */
MUST_USE bool module_fetch_run(const ModuleFetch *fetch,
                               LockEntry *out,
                               Arena *arena,
                               Diags *diags);
/* Fetches without giving it a place: *folder is there until module_fetch_clean. */
MUST_USE bool module_fetch_aside(
    const ModuleFetch *fetch, Str *folder, LockEntry *out, Arena *arena, Diags *diags);
void module_fetch_clean(const ModuleInstallOptions *options, Arena *arena);
