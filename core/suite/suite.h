/* Suite: the results of the test files of a configuration, and the events of their execution. */
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

/* "pass" … "pending" */
const char *suite_status_name(SuiteStatus status);
