/* Project: the root module that a command works on: its configuration, variables, backend, state.
 */
#pragma once

#include "backend.h"
#include "cipher_set.h"
#include "cli.h"
#include "config_load.h"
#include "engine.h"
#include "input.h"
#include "option.h"

typedef struct Project {
    Cli *cli;
    const Arguments *arguments;
    Config *config;
    InputRequest input; /* where they come from */
    Map variables;      /* name → Value * */
    Engine engine;
    CipherSet ciphers; /* what its encryption block says */
    bool has_ciphers;  /* it was looked for */
    Backend *backend;
    Backend *out; /* where the state is written: `backend`, or that of -state-out */
    State *state;
    Journal *journal;
    WorkingState *working;
    const char *out_backup_option; /* that says where the backup of `out` goes; NULL: -backup */
    bool state_is_input;           /* -state names a file to copy, not the state to work on */
    LockInfo lock;
    bool is_locked;  /* backend, and out */
    Str test_folder; /* tests are read as well; empty: they are not */
    bool runs_tests;
    Str folder;     /* of the root module; empty: the current one */
    bool is_single; /* what the root module calls is left out */
    bool installs_modules;
    bool keeps_lock;       /* of modules: it must not change */
    bool upgrades_modules; /* and chooses their revisions anew */
    bool asks;             /* for variables without a value, if the options allow it */
    bool may_be_empty;     /* a folder without configuration will do */
    bool has_state;        /* there is one, be it empty */
    Str state_text;        /* as it was read */
    bool found_journal;    /* a run before ended in the middle */
    Str journal_digest;    /* of its journal; empty: none */
    Diags *diags;
} Project;

void project_release(Project *project);
SCOPED_TYPE(Project, project_release);

/* What -test-directory says, or where tests are. */
Str project_test_folder(const Arguments *arguments);
/* May a person be asked for what is missing? */
bool project_may_ask(const Project *project);
MUST_USE bool project_lock_timeout(Project *project, int64_t *out);
/* False, with an error, if `path` is a directory, or a pipe, which would block the read. A path
 * that does not exist is left to the reader. */
MUST_USE bool project_check_file(const Cli *cli, Str path, const char *summary, Diags *diags);
/* Adds an error: the state has no object at this address. Names the nearest address. */
void project_refuse_address(const Project *project, const char *summary, Str address, Diags *diags);
