/* Suite: the results of the test files of a configuration, and the events of their execution. */
#pragma once

#include "engine.h"
#include "input.h"

/* The highest status of the runs is that of the file, at least SUITE_PASS once it starts; a failed
 * cleanup makes it SUITE_ERROR. The highest of the files is that of the suite. */
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
    bool is_interrupted; /* the engine was stopped before the run ended */
    Diags diags;
    const Engine *engine; /* NULL: the run failed before its plan */
    const Plan *plan;     /* NULL: there was no plan, or planning failed */
    const State *prior;   /* state before the plan; NULL: there was no plan */
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
    bool is_cleanup;                /* no run is executed; states of earlier tests are destroyed */
    size_t counts[SUITE_ERROR + 1]; /* number of runs by status */
} Suite;

/* Why a state outlives its test. */
typedef enum SuiteReason {
    SUITE_REASON_NONE,
    SUITE_REASON_SKIP,       /* a run has skip_cleanup or a backend */
    SUITE_REASON_DEPENDENCY, /* variables of runs with other remaining states use its outputs */
    SUITE_REASON_ERROR,      /* its cleanup failed, or did not begin */
} SuiteReason;

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
    /* The cleanup of a run left objects, as wanted (SUITE_REASON_SKIP), or failed
     * (SUITE_REASON_ERROR); `state` holds the rest, perhaps none. */
    void (*left)(void *self, const SuiteFile *file, const SuiteRun *run, const State *state,
                 SuiteReason reason);
    /* Called instead of the cleanup if the engine was stopped. `left`: states with remaining
     * objects; `planned`: the plan of the run that failed with it (NULL: none). */
    void (*interrupt)(void *self, const SuiteFile *file, const SuiteLeftovers *left,
                      const Plan *planned);
    void (*end)(void *self, const Suite *suite);
} SuiteEvents;

/* Returns "pending", "skip", "pass", "fail" or "error". */
const char *suite_status_name(SuiteStatus status);
