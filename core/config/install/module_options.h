/* ModuleInstallOptions: where module code is stored, and whether it may be fetched. */
#pragma once

#include "io.h"
#include "module_source.h"

typedef struct ModuleInstallOptions {
    const Io *io;
    Str directory;      /* root module's directory, which holds the lock file */
    Str data_directory; /* the .loam directory */
    bool install;       /* false: only read the manifest */
    bool upgrade;       /* select revisions anew, ignoring the lock file */
    bool keeps_lock;    /* a lock file that would have to change is an error */
    const ModuleSources *sources;
    const CancelToken *cancel;
    /* Reports a line of progress; may be NULL. */
    void (*tell)(void *payload, Str line);
    void *payload;
} ModuleInstallOptions;
