/* ModuleInstallOptions: where the code of modules is kept, and whether it may be fetched. */
#pragma once

#include "io.h"
#include "module_source.h"

typedef struct ModuleInstallOptions {
    const Io *io;
    Str folder;      /* of the root module: the lock is there */
    Str data_folder; /* .loam */
    bool install;    /* else only the record is asked */
    bool upgrade;    /* revisions are chosen anew */
    bool keeps_lock; /* a lock that would change is an error */
    const ModuleSources *sources;
    const CancelToken *cancel;
    /* A line for people; may be NULL. */
    void (*tell)(void *payload, Str line);
    void *payload;
} ModuleInstallOptions;
