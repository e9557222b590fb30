/* Project: the root module that a command works on: its configuration, variables, ciphers, backend
 * and state. project_<part>.c has the functions of each part. */
#pragma once

#include "cipher_set.h"
#include "cli.h"
#include "config_load.h"
#include "engine.h"
#include "input.h"
#include "option.h"
#include "outcome_file.h"
#include "planfile.h"

/* How a command uses its project; set before it is loaded. */
typedef struct ProjectOptions {
    Str directory;      /* of the root module; empty: the current directory */
    Str test_directory; /* tests in this directory are loaded, too; empty: no tests */
    bool runs_tests;
    bool loads_queries; /* loads query files, too */
    bool is_single;     /* does not load child modules */
    bool may_be_empty;  /* a directory without configuration is no error */
    bool asks;          /* asks for variables without a value, unless -input=false */
    /* Unmet version constraints are no errors: the command neither plans nor changes objects. */
    bool ignores_versions;
    bool installs_modules;
    bool upgrades_modules; /* chooses module revisions anew, and locks them */
    bool keeps_lock;       /* rejects changes of the lock of module revisions */
    bool state_is_input;   /* -state names a file to copy, not the state to work on */
    bool dates_backup;     /* each change of the state keeps a backup of its own, unless -backup */
    const char *out_backup_option; /* option for the backup of `Project.out`; NULL: -backup */
} ProjectOptions;

typedef struct Project {
    Cli *cli;
    const Arguments *arguments;
    ProjectOptions options;
    Config *config;
    InputRequest input;      /* sources of the variables */
    Map variables;           /* name → InputValue * */
    struct FileReads *reads; /* of a plan that is saved; NULL: not noted */
    Engine engine;
    CipherSet ciphers; /* of its encryption block */
    bool has_ciphers;  /* the encryption block has been evaluated */
    Backend *backend;
    Backend *out; /* where the state is written: `backend`, or that of -state-out */
    State *state;
    Journal *journal;
    WorkingState *working;
    LockInfo lock;
    bool is_locked;        /* `backend` is locked; `out` too, unless its lock failed */
    bool has_state;        /* a state exists, perhaps an empty one */
    Str state_text;        /* as read from the backend */
    bool found_journal;    /* an earlier run was interrupted */
    Str journal_digest;    /* SHA-256 of its journal; empty: none */
    Str stored_plan;       /* bytes of the plan that project_read_plan read from a backend */
    OutcomeFiles outcomes; /* of earlier runs that were killed */
    Diags *diags;
} Project;

/* Ends the changes: closes project->working and the journal, ends the outcome keeper, and returns
 * the state. */
State *project_end_changes(Project *project);
void project_release(Project *project);
SCOPED_TYPE(Project, project_release);

/* Returns -test-directory, or the default directory of tests. */
Str project_test_directory(const Arguments *arguments);
/* Returns true if the command may ask for missing values. */
bool project_may_ask(const Project *project);
MUST_USE bool project_lock_timeout(Project *project, int64_t *out);
/* Applies -take-lock-of-run to the backend. Adds an error if LOAM_LOCK_RUN names no run. */
MUST_USE bool project_take_lock(Project *project, Backend *backend);
/* Returns false, with an error, if `path` is a directory, or a pipe, which would block the read.
 * Accepts a path that does not exist. */
MUST_USE bool project_check_file(const Cli *cli, Str path, const char *summary, Diags *diags);
/* Reads a file that the command line names. */
MUST_USE bool project_read_file(const Cli *cli, Str path, const char *summary, Str *out,
                                Diags *diags);
/* Adds an error: the state has no object at this address. Suggests the nearest address. */
void project_refuse_address(const Project *project, const char *summary, Str address, Diags *diags);

/* Loads the configuration of the directory. `io` replaces the command's, for the files of a saved
 * plan; NULL: the command's. */
MUST_USE bool project_load(Project *project, Cli *cli, const Arguments *arguments, const Io *io,
                           Diags *diags);
/* A saved plan with the files of its configuration. */
typedef struct PlanInput {
    const Plan *plan;
    const PlanFileSources *sources;
} PlanInput;

/* Loads the configuration saved with a plan, and the values of its variables. */
MUST_USE bool project_load_planned(Project *project, Cli *cli, const Arguments *arguments,
                                   PlanInput input, Diags *diags);
/* Like project_load, but accepts a directory without configuration: the command needs only the
 * backend. Drops warnings if it succeeds. */
MUST_USE bool project_load_any(Project *project, Cli *cli, const Arguments *arguments,
                               Diags *diags);
/* Reads the values of the root module's variables. Asks for missing values if allowed. */
MUST_USE bool project_read_variables(Project *project);

/* A saved plan as the command line names it. */
typedef struct PlanName {
    Str path;
    Str expected; /* digest that its stored bytes must have; empty: any */
} PlanName;

/* Evaluates the encryption block, once. Called before the backend or a plan file is opened. */
MUST_USE bool project_open_ciphers(Project *project);
/* Reads a plan file, or a stored plan ("state:NAME") of the current directory's backend. If it is
 * encrypted, the encryption block of the current directory's
 * configuration decrypts it, and the project keeps the ciphers of that block. Before the call, the
 * project needs only `cli` and `arguments`. */
MUST_USE bool project_read_plan(Project *project, PlanName name, Plan **out,
                                PlanFileSources *sources, Diags *diags);

/* Decodes the text of a state file, which may be encrypted like the project's state:
 * errored.tfstate is, the output of `state pull` is not. The ciphers are open. */
MUST_USE bool project_decode_state(Project *project, Str path, Str text, State **out);

/* Selects and opens the backend unless it is open; does not lock or read it. */
MUST_USE bool project_open_backend(Project *project);
/* Returns type and location of the open backend: "s3 s3://bucket/key". */
Str project_backend_name(const Project *project);
/* Opens the backend, acquires the lock for `operation`, reads the state, replays the journal. Adds
 * an error if the state belongs to another environment. */
MUST_USE bool project_open_state(Project *project, LockOperation operation);
/* Reads the state again, under its lock, with the operations that the journal holds. */
MUST_USE bool project_read_again(Project *project);
/* Loads only the root module, then opens the state. For state commands, show and output. */
MUST_USE bool project_open_state_only(Project *project, Cli *cli, const Arguments *arguments,
                                      LockOperation operation, Diags *diags);
/* Adds an error unless a state exists, perhaps an empty one. For state commands. */
MUST_USE bool project_check_has_state(const Project *project);
/* Opens project->working: from now on, the journal records changes of `state`, which the project
 * owns. */
MUST_USE bool project_begin_changes(Project *project, State *state);
/* Writes the state at once, for a state command. */
MUST_USE bool project_write_state(Project *project, State *state);
