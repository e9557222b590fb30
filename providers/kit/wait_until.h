/* wait_until: polls until a condition holds, the time is up or the run is cancelled.
 *
 *     static WaitLook look(void *payload, Wait *wait) {
 *         Machine *machine = payload;
 *         wait->reason = machine_state(machine);   for users: "starting"
 *         return machine_is_up(machine) ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
 *     }
 *     const WaitUntil until = {.what = "the machine to start", .look = look, .payload = &machine};
 *     if (!wait_until_done(call, &until, diags))
 *         return false;
 *
 * The first look is immediate, also after a cancellation; the last one is when the time is up.
 * Pauses double from the first to the longest, without jitter, as `limits` restricts concurrency.
 * The time is up at the earlier of `timeout_ms` and the deadline of the call. Providers must use
 * this file for pauses: a separate loop would miss the deadline or the cancellation. */
#pragma once

#include "provider.h"

typedef enum WaitLook {
    WAIT_LOOK_AGAIN,
    WAIT_LOOK_DONE,
    WAIT_LOOK_FAILED, /* permanent failure: stop waiting */
} WaitLook;

typedef enum WaitResult {
    WAIT_DONE,
    WAIT_FAILED,    /* a look returned WAIT_LOOK_FAILED */
    WAIT_TIMED_OUT, /* or all repetitions were used */
    WAIT_CANCELLED,
} WaitResult;

/* A wait in progress, passed to each look. */
typedef struct Wait {
    const Call *call;
    int64_t passed_ms;
    int64_t left_ms; /* until the time is up; 0 at the last look; INT64_MAX: no limit */
    /* Set by a look: why the condition does not hold yet. Shown after the progress text and in
     * errors; in call->arena. */
    Str reason;
} Wait;

/* Pauses before the repetitions. */
typedef struct WaitPauses {
    int64_t first_ms; /* 0: 250 */
    int64_t last_ms;  /* the longest; 0: 2,000 */
    unsigned count;   /* number of repetitions; 0: no limit */
} WaitPauses;

typedef struct WaitUntil {
    const char *what; /* "an address": the progress text is "waiting for an address"; NULL: no
                         progress, only with wait_until */
    WaitLook (*look)(void *payload, Wait *wait);
    void *payload;
    int64_t timeout_ms; /* 0: only the call's deadline */
    WaitPauses pauses;
} WaitUntil;

/* Adds no error. *wait (may be NULL) is set as after the last look. */
WaitResult wait_until(const Call *call, const WaitUntil *until, Wait *wait);
/* Like wait_until, but adds an error if the time is up or the run is cancelled. A look that returns
 * WAIT_LOOK_FAILED must add its own error. */
MUST_USE bool wait_until_done(const Call *call, const WaitUntil *until, Diags *diags);
/* For a request with a few retries: sleeps before repetition *attempt, which starts at 0, and
 * increments it. Returns false if no repetition is left, the deadline of the call passes or the run
 * is cancelled. */
MUST_USE bool wait_until_retry(const Call *call, const WaitPauses *pauses, unsigned *attempt);
