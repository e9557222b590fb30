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
#include "planfile.h"

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

/* Reads the folder's configuration. `io` may be another than the command's (a plan file's files).
 */
MUST_USE bool project_load(
    Project *project, Cli *cli, const Arguments *arguments, const Io *io, Diags *diags);
/* A saved plan with the files of its configuration. */
typedef struct PlanInput {
    const Plan *plan;
    const PlanFileSources *sources;
} PlanInput;

/* Reads the configuration that a plan was made of, with its variables' values. */
MUST_USE bool project_load_planned(
    Project *project, Cli *cli, const Arguments *arguments, PlanInput input, Diags *diags);
/* What -test-directory says, or where tests are. */
Str project_test_folder(const Arguments *arguments);
/* Values of the root module's variables; asks for missing ones where it may. */
MUST_USE bool project_read_variables(Project *project);
/* The same where there need not be any: its backend is what counts. */
MUST_USE bool project_load_any(Project *project,
                               Cli *cli,
                               const Arguments *arguments,
                               Diags *diags);
/* Workspaces of its backend: "default" comes first. */
/* False when a person named what can be read, but is no file: a folder; a pipe, which would make
 * the run wait for somebody who writes. What is not there is left to whoever reads it. */
MUST_USE bool project_check_file(const Cli *cli, Str path, const char *summary, Diags *diags);
/* The state holds nothing at this address; what is nearest to it is named. */
void project_refuse_address(const Project *project, const char *summary, Str address, Diags *diags);
MUST_USE bool project_list_workspaces(Project *project, StrVec *out);
MUST_USE bool project_make_workspace(Project *project, Str name);
/* The one whose state is open, with all that is in it. */
MUST_USE bool project_remove_workspace(Project *project);
/* May a person be asked for what is missing? */
bool project_may_ask(const Project *project);
MUST_USE bool project_lock_timeout(Project *project, int64_t *out);
/* Its encryption block, once. For what opens the backend, and for plan files before that. */
MUST_USE bool project_open_ciphers(Project *project);
/* A plan file. One that is encrypted is opened by the encryption block of the folder's own
 * configuration, as what is in it cannot say how; the project has that block's ciphers from then
 * on. Before that it has its `cli` and `arguments` alone. */
MUST_USE bool project_read_plan(
    Project *project, Str path, Plan **out, PlanFileSources *sources, Diags *diags);
/* Finds and opens it, nothing more. */
MUST_USE bool project_open_backend(Project *project);
/* Opens the backend, reads the state, replays the journal. `operation` empty: reads without a lock.
 */
MUST_USE bool project_open_state(Project *project, Str operation);
/* Without configuration: the state in this folder, for state commands, show and output. */
MUST_USE bool project_open_state_only(
    Project *project, Cli *cli, const Arguments *arguments, Str operation, Diags *diags);
/* Takes the state over for changing it; project->working. */
MUST_USE bool project_begin_changes(Project *project, State *state);
/* Writes the state of a state command at once. */
MUST_USE bool project_write_state(Project *project, State *state);
/* What is at -state-out; the state itself without that option. */
MUST_USE bool project_read_out(Project *project, State **out);
/* To where it was read, after project_write_state has written another one to -state-out. */
MUST_USE bool project_write_source(Project *project, State *state);
/* -target, -replace, -refresh, mode … */
MUST_USE bool project_plan_options(Project *project, PlanOptions *out);
/* Does a person type what is wanted, "yes" mostly? Nobody to ask is an error, no other answer is.
 */
bool project_approve(
    Cli *cli, const char *question, const char *description, const char *wanted, Diags *diags);
