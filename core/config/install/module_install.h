/* module_install: finds the code of child modules and installs it.
 *
 * Local paths are used in place. `init` and `get` fetch other sources into .loam/modules/NAME-HASH,
 * one directory per package and revision, as .loam.lock.yaml says. Existing copies are used without
 * network access. Other commands look up each call in the manifest; if it is missing or does not
 * match, the error says to run `loam init`.
 *
 * A package is fetched into a temporary directory, and renamed when it is complete, under a
 * lock. So a killed run leaves no incomplete copy. .loam may be deleted at any time. */
#pragma once

#include "module_options.h"

/* The properties of a module call that determine its code. */
typedef struct ModuleWanted {
    Str key; /* dotted call path: "a.b" */
    Str name;
    Str source;
    Str version;          /* version constraint; empty: none */
    Str parent_directory; /* directory of the calling module */
    SourceRange source_range;
    SourceRange version_range;
    SourceRange range;
} ModuleWanted;

typedef struct ModuleInstall ModuleInstall;

/* Reads the lock file if `options` allow to install, else the manifest. Call module_install_close
 * even after a failure. */
MUST_USE bool module_install_open(const ModuleInstallOptions *options, ModuleInstall **out,
                                  Arena *arena, Diags *diags);
/* Finds the directory of the called module; fetches the module if necessary and allowed. */
MUST_USE bool module_install_find(ModuleInstall *install, const ModuleWanted *wanted,
                                  Str *directory, Diags *diags);
/* After errors in the configuration: module_install_finish keeps all that the last run installed,
 * and the lock file. */
void module_install_set_partial(ModuleInstall *install);
/* Writes manifest and lock file, and removes copies that no call uses. Does nothing if a module
 * could not be found or installing is not allowed. */
MUST_USE bool module_install_finish(ModuleInstall *install, Diags *diags);
void module_install_close(ModuleInstall *install); /* accepts NULL */

typedef ModuleInstall *ModuleInstallRef;
static inline void module_install_ref_release(ModuleInstallRef *install) {
    module_install_close(*install);
}
SCOPED_TYPE(ModuleInstallRef, module_install_ref_release);

/* Copies a module's files, except hidden ones, into a directory without configuration: init
 * -from-module. */
MUST_USE bool module_install_copy(ModuleInstall *install, Str source, Str directory, Diags *diags);
