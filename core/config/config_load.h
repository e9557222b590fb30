/* config_load: a folder → its files → bodies → Module, child modules included.
 *
 * The files of one folder that front_end.c knows are one module; override files
 * (override.loam.yaml, x_override.loam.yaml) are merged after the others. A block type is a row of
 * the table in config_load.c.
 *
 * Diagnostics of all files are collected; *out may be partly usable to go on checking even when
 * false is returned (NULL where nothing could be read). */
#pragma once

#include "config.h"
#include "module_install.h"
#include "scope.h"

struct InputRequest;

typedef struct ConfigRequest {
    const Io *io;
    Str folder;      /* of the root module, as path.root shows it */
    Str data_folder; /* .loam: where installed modules are recorded */
    Str test_folder; /* where tests are besides; empty: none are read */
    const FunctionTable *functions;
    bool runs_tests; /* versions that are demanded in vain are the matter of each run */
    bool is_single;  /* this module alone: what it calls need not be installed */
    bool install;    /* init, get: find and record child modules; else they must be recorded */
    bool keeps_lock; /* with it: the lock of modules must not change */
    bool upgrade;    /* with it: revisions of modules are chosen anew */
    /* By a removed block that does not say what becomes of the objects; else destroyed. */
    bool removed_is_forgotten;
    /* Names are refused where static_eval.h evaluates expressions of *.tf and *.tf.json files. */
    bool has_literal_settings;
    bool evaluates_prevent_destroy; /* an expression in *.tf and *.tf.json, too */
    const ModuleSources *sources;
    const CancelToken *cancel;
    void (*tell)(void *payload, Str line); /* what installing does, for people; may be NULL */
    void *payload;
    /* For what must be known while loading (static_eval.h). */
    struct InputRequest *input; /* NULL: variables have their defaults */
    Str workspace;              /* empty: "default" */
    Str working_folder;         /* path.cwd */
    Str environment;            /* which of the root's is worked on; empty: none */
    /* The inside of an encryption block, native syntax or JSON, that goes over the root's own; its
     * name is that of the environment variable. Empty: none. */
    Str encryption;
    Str encryption_name;
} ConfigRequest;

/* Does the folder hold any configuration file? */
bool config_load_is_empty_folder(const Io *io, Str folder);
MUST_USE bool config_load(const ConfigRequest *request, Config **out, Arena *arena, Diags *diags);
