/* ConfigRequest: which configuration to load, and what loading it may do. */
#pragma once

#include "function.h"
#include "io.h"

struct InputRequest;
struct ModuleSources;

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
    const struct ModuleSources *sources;
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
