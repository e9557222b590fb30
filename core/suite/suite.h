/* Suite: the test files of a configuration, carried out: each run plans or applies for real, into
 * states that are in memory alone, and what it made is destroyed at the end of its file.
 *
 *   file    its runs one after the other; after an error the rest of them is skipped
 *   run     validate, plan, perhaps apply; then its assertions
 *   state   one for each `state_key`, else for each module that the runs are about
 *
 * One thread; the engine has its own. All of it lives in the arena given to suite_carry_out. */
#pragma once

#include "engine.h"
#include "input.h"

/* From best to worst but for the first: the worst of many counts. */
typedef enum SuiteStatus {
    SUITE_PENDING,
    SUITE_SKIP,
    SUITE_PASS,
    SUITE_FAIL,  /* an assertion does not hold */
    SUITE_ERROR, /* there was nothing to assert, or no way to */
} SuiteStatus;

typedef struct SuiteRun {
    const TestRun *config;
    SuiteStatus status;
    int64_t started_ms; /* since 1970 */
    int64_t elapsed_ms;
    Diags diags;
    const Engine *engine; /* that it was carried out with; NULL: it was not */
    const Plan *plan;     /* NULL: it did not get that far */
    const State *prior;   /* that it was planned from */
    const State *state;   /* after an apply; NULL: it planned alone */
} SuiteRun;

typedef struct SuiteFile {
    const TestFile *config;
    SuiteStatus status;
    VEC(SuiteRun) runs;
    Diags diags; /* of what is before and after its runs */
} SuiteFile;

typedef struct Suite {
    VEC(SuiteFile) files;
    SuiteStatus status;
    bool is_interrupted;
    size_t counts[SUITE_ERROR + 1]; /* of runs */
} Suite;

/* What a run has left in a state. */
typedef struct SuiteLeftover {
    const SuiteRun *run;
    const State *state;
} SuiteLeftover;

typedef VEC(SuiteLeftover) SuiteLeftovers;

typedef enum SuiteProgress { SUITE_STARTING, SUITE_TEARDOWN, SUITE_COMPLETE } SuiteProgress;

/* What whoever shows it is told, in order. */
typedef struct SuiteEvents {
    void *self;
    void (*begin)(void *self, const Suite *suite);
    void (*file)(void *self, const SuiteFile *file, SuiteProgress progress);
    void (*run)(void *self, const SuiteFile *file, const SuiteRun *run, SuiteProgress progress);
    /* Not all of what a run left could be destroyed: this is still there. */
    void (*left)(void *self, const SuiteFile *file, const SuiteRun *run, const State *state);
    /* The end of a file that could not be waited for: the states of its runs, and what was about to
     * be done (NULL: nothing). */
    void (*interrupt)(void *self,
                      const SuiteFile *file,
                      const SuiteLeftovers *left,
                      const Plan *planned);
    void (*end)(void *self, const Suite *suite);
} SuiteEvents;

typedef struct SuiteRequest {
    const Engine *engine;      /* of the configuration, tests loaded */
    const InputRequest *input; /* values from outside the tests */
    Str test_folder;           /* values there are for the tests there */
    const StrVec *filters;     /* paths of files; empty: all */
    /* No run is begun after it. One under way comes to its end, and what it made is destroyed: that
     * the engine's own token stops. */
    const CancelToken *stop;
    const SuiteEvents *events;
} SuiteRequest;

/* What went wrong is in *out. */
void suite_carry_out(const SuiteRequest *request, Suite *out, Arena *arena);
/* What can be told of the tests without running them: their modules, what they name. */
MUST_USE bool suite_validate(const Engine *engine, Arena *arena, Diags *diags);
/* "pass" … "pending" */
const char *suite_status_name(SuiteStatus status);
