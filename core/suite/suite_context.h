/* suite_context: one running test file: its states, its values, and the outputs of its finished
 * runs. */
#pragma once

#include "suite_manifest.h"

/* What becomes of the states. */
typedef enum SuiteMode {
    SUITE_TEST,    /* the runs are executed, then their states are destroyed or kept */
    SUITE_CLEANUP, /* the states that earlier tests left are destroyed */
    SUITE_REPAIR,  /* the same, but states that were kept by skip_cleanup stay */
} SuiteMode;

typedef struct SuiteRequest {
    SuiteMode mode;
    const Engine *engine;      /* of the configuration, with tests loaded */
    const InputRequest *input; /* values from outside the test files */
    Str test_directory;        /* directory with variable files for the test files in it */
    const StrVec *filters;     /* paths of test files; empty: all */
    bool allows_deferral;      /* what depends on unknown instances waits for a later run */
    /* If raised, no further run starts. The current run ends and its objects are destroyed; only
     * the engine's token stops that. */
    const CancelToken *stop;
    const SuiteEvents *events;
    const SuiteStorage *storage;
    Diags *diags; /* for what belongs to no file */
} SuiteRequest;

/* A state that runs of a file share. */
typedef struct SuiteState {
    Str key; /* TestRun.state_key */
    State *state;
    SuiteRun *last; /* the last run that applied; NULL: none */
    /* The run with whose engine and variables the state is destroyed or restored: the last one that
     * applied, or the last one with skip_cleanup. NULL: none applied. */
    SuiteRun *target;
    const Engine *engine; /* NULL: suite_run_bind has not been called */
    const Map *variables;
    bool restores; /* the end of the file applies `target` again, and keeps the objects */
    SuiteReason reason;
    SuiteStore *store;            /* NULL: the state is in memory */
    const BackendConfig *backend; /* of a run, that keeps the state; NULL: a file keeps it */
    SuiteEntry entry;             /* in the manifest; reason SUITE_REASON_NONE: it has none */
    bool is_unread;               /* its store cannot be read: nothing of it is changed */
} SuiteState;

/* Values from outside for one configuration: they depend on its declared types. */
typedef struct SuiteGiven {
    const Config *config;
    Map values; /* name → InputValue */
} SuiteGiven;

typedef struct SuiteContext {
    const SuiteRequest *request;
    SuiteFile *file;
    Map states;     /* key → SuiteState */
    bool is_stored; /* the states are in their stores; otherwise in memory */
    Map outputs;    /* name of a finished run → Value of its outputs */
    VEC(SuiteGiven *) given;
    Map variables; /* evaluated variables of the file: name → InputValue */
    Arena *arena;
} SuiteContext;

/* Runs the test files of a configuration. Each run plans or applies for real. Its objects are
 * destroyed at the end of the file, the latest first. A cleanup does only that, with the states
 * that earlier tests left.
 *
 *   file    its runs one after the other; after an error the rest is skipped
 *   run     validate, plan, perhaps apply; then its assertions
 *   state   one for each `state_key`, else one for each module under test
 *
 * One thread; the engine has its own. All results live in `arena`. The diagnostics are in the files
 * and runs of `*out`. */
void suite_execute(const SuiteRequest *request, Suite *out, Arena *arena);

/* Executes one run, from validation to assertions; sets its status and diagnostics. */
void suite_run_execute(SuiteContext *context, SuiteRun *run);
/* Sets engine and variables of `state` to those of a run that was not executed. Adds errors only.
 */
MUST_USE bool suite_run_bind(SuiteContext *context, SuiteRun *run, SuiteState *state, Diags *diags);
