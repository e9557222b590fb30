/* Suite: runs the test files of a configuration. Each run plans or applies for real, with states in
 * memory only. Its objects are destroyed at the end of the file.
 *
 *   file    its runs one after the other; after an error the rest is skipped
 *   run     validate, plan, perhaps apply; then its assertions
 *   state   one for each `state_key`, else one for each module under test
 *
 * One thread; the engine has its own. All results live in the arena given to suite_carry_out. */
#pragma once

#include "engine.h"
#include "input.h"

/* After SUITE_PENDING in order from best to worst. A file or suite has the worst status of its
 * parts. */
typedef enum SuiteStatus {
    SUITE_PENDING,
    SUITE_SKIP,
    SUITE_PASS,
    SUITE_FAIL,  /* an assertion failed */
    SUITE_ERROR, /* the run failed before its assertions, or an assertion could not be evaluated */
} SuiteStatus;

typedef struct SuiteRun {
    const TestRun *config;
    SuiteStatus status;
    int64_t started_ms; /* Unix time */
    int64_t elapsed_ms;
    Diags diags;
    const Engine *engine; /* engine of the run; NULL: the run did not get that far */
    const Plan *plan;     /* NULL: the run did not get that far */
    const State *prior;   /* state before the plan */
    const State *state;   /* state after the apply; NULL: not applied */
} SuiteRun;

typedef struct SuiteFile {
    const TestFile *config;
    SuiteStatus status;
    VEC(SuiteRun) runs;
    Diags diags; /* diagnostics before and after the runs */
} SuiteFile;

typedef struct Suite {
    VEC(SuiteFile) files;
    SuiteStatus status;
    bool is_interrupted;
    size_t counts[SUITE_ERROR + 1]; /* number of runs by status */
} Suite;

/* The remaining objects of a run. */
typedef struct SuiteLeftover {
    const SuiteRun *run;
    const State *state;
} SuiteLeftover;

typedef VEC(SuiteLeftover) SuiteLeftovers;

typedef enum SuiteProgress { SUITE_STARTING, SUITE_TEARDOWN, SUITE_COMPLETE } SuiteProgress;

/* Callbacks for the view, in order of the calls. */
typedef struct SuiteEvents {
    void *self;
    void (*begin)(void *self, const Suite *suite);
    void (*file)(void *self, const SuiteFile *file, SuiteProgress progress);
    void (*run)(void *self, const SuiteFile *file, const SuiteRun *run, SuiteProgress progress);
    /* Some objects of a run could not be destroyed; `state` holds them. */
    void (*left)(void *self, const SuiteFile *file, const SuiteRun *run, const State *state);
    /* Called instead of the cleanup if the engine was stopped. `left`: states with remaining
     * objects; `planned`: the plan of the interrupted run (NULL: none). */
    void (*interrupt)(void *self,
                      const SuiteFile *file,
                      const SuiteLeftovers *left,
                      const Plan *planned);
    void (*end)(void *self, const Suite *suite);
} SuiteEvents;

typedef struct SuiteRequest {
    const Engine *engine;      /* of the configuration, with tests loaded */
    const InputRequest *input; /* values from outside the test files */
    Str test_directory;        /* directory with variable files for the test files in it */
    const StrVec *filters;     /* paths of test files; empty: all */
    /* If raised, no further run starts. The current run ends and its objects are destroyed; only
     * the engine's token stops that. */
    const CancelToken *stop;
    const SuiteEvents *events;
} SuiteRequest;

/* Runs the suite; `*out` holds all errors. */
void suite_carry_out(const SuiteRequest *request, Suite *out, Arena *arena);
/* Validates the test files without running them: modules, overrides and expect_failures
 * references. */
MUST_USE bool suite_validate(const Engine *engine, Arena *arena, Diags *diags);
/* "pass" … "pending" */
const char *suite_status_name(SuiteStatus status);
