/* ConfigRequest: which configuration to load, and whether loading may install modules. */
#pragma once

#include "function.h"
#include "io.h"

struct InputRequest;
struct ModuleSources;

typedef struct ConfigRequest {
    const Io *io;
    Str directory;      /* root module directory, as path.root returns it */
    Str data_directory; /* .loam, which holds the module manifest */
    Str test_directory; /* directory of test files below the root module; empty: load no test files
                         */
    const FunctionTable *functions;
    bool loads_queries;    /* also loads the query files of the root module */
    bool runs_tests;       /* each test run reports unmet version constraints */
    bool ignores_versions; /* unmet version constraints are no errors */
    bool is_single;        /* load this module only, without its child modules */
    bool install;    /* init, get: install child modules; false: they must be in the manifest */
    bool keeps_lock; /* with `install`: a module lock file that would have to change is an error */
    bool upgrade;    /* with `install`: select module versions anew, ignoring the lock file */
    /* true: a removed block without `destroy` forgets its objects; false: the objects are
     * destroyed. */
    bool removed_is_forgotten;
    bool moves_counted_modules; /* of the Config */
    /* Rejects references in *.tf and *.tf.json files where static_eval.h evaluates the
     * expression. */
    bool has_literal_settings;
    /* prevent_destroy may be an expression in *.tf and *.tf.json files, too. */
    bool evaluates_prevent_destroy;
    const struct ModuleSources *sources;
    const CancelToken *cancel;
    void (*tell)(void *payload, Str line); /* reports installation progress; may be NULL */
    void *payload;
    /* Inputs for expressions that are evaluated while loading (static_eval.h). */
    struct InputRequest *input; /* NULL: variables have their default values */
    Str workspace;              /* empty: "default" */
    Str working_directory;      /* value of path.cwd */
    Str environment;            /* name of the selected environment; empty: none */
    /* Content of an encryption block in native syntax or JSON, which overrides the root module's
     * block. `encryption_name` is the name of its environment variable. Empty: none. */
    Str encryption;
    Str encryption_name;
} ConfigRequest;
