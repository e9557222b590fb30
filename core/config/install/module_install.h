/* module_install: where the code of a child module is.
 *
 * Local paths are used in place. Other sources are fetched by `init` and `get` into
 * .loam/modules/NAME-HASH, a folder for each package and revision, as .loam.lock.yaml says; what is
 * there is used without asking anybody. Other commands find every call in the record and say "run
 * loam init" where it is missing or no longer matches.
 *
 * A package is fetched into a folder of its own and renamed when it is whole, under a lock: a run
 * that was killed leaves nothing that counts. All of .loam may be deleted at any time. */
#pragma once

#include "module_options.h"

/* A call, as far as finding its code needs it. */
typedef struct ModuleWanted {
    Str key; /* dotted: "a.b" */
    Str name;
    Str source;
    Str version;       /* constraint; empty: none is said */
    Str parent_folder; /* of the module that calls */
    SourceRange source_range;
    SourceRange version_range;
    SourceRange range;
} ModuleWanted;

typedef struct ModuleInstall ModuleInstall;

/* Reads record and lock. To be closed in any case. */
MUST_USE bool module_install_open(const ModuleInstallOptions *options,
                                  ModuleInstall **out,
                                  Arena *arena,
                                  Diags *diags);
/* The folder of the module called, fetched if need be. */
MUST_USE bool module_install_find(ModuleInstall *install,
                                  const ModuleWanted *wanted,
                                  Str *folder,
                                  Diags *diags);
/* At the end: writes record and lock, and removes copies that nobody calls; nothing of that when a
 * module could not be found. */
MUST_USE bool module_install_finish(ModuleInstall *install, Diags *diags);
void module_install_close(ModuleInstall *install); /* NULL is fine */

typedef ModuleInstall *ModuleInstallRef;
static inline void module_install_ref_release(ModuleInstallRef *install) {
    module_install_close(*install);
}
SCOPED_TYPE(ModuleInstallRef, module_install_ref_release);

/* A module's files into `folder`, which holds no configuration yet: init -from-module. */
MUST_USE bool module_install_copy(ModuleInstall *install, Str source, Str folder, Diags *diags);
