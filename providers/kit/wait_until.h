/* wait_until: looks again and again until a condition holds, the time is up or the run is stopped.
 *
 *     static WaitLook look(void *payload, Wait *wait) {
 *         Machine *machine = payload;
 *         wait->reason = machine_state(machine);   for people: "starting"
 *         return machine_answers(machine) ? WAIT_LOOK_DONE : WAIT_LOOK_AGAIN;
 *     }
 *     const WaitUntil until = {.what = "the machine to answer", .look = look, .payload = &machine};
 *     if (!wait_until_done(call, &until, diags))
 *         return false;
 *
 * The first look is at once, the last one when the time is up. Pauses double from the first to the
 * longest, without jitter: what must not run side by side has `limits`. The time is up at the
 * earlier of `timeout_ms` and the deadline of the call. This file has the only pauses of
 * providers; a loop of its own would miss the deadline or the cancellation. */
#pragma once

#include "provider.h"

typedef enum WaitLook {
    WAIT_LOOK_AGAIN,
    WAIT_LOOK_DONE,
    WAIT_LOOK_FAILED, /* more time will not help */
} WaitLook;

typedef enum WaitResult {
    WAIT_DONE,
    WAIT_FAILED, /* a look said so */
    WAIT_TIMED_OUT,
    WAIT_CANCELLED,
} WaitResult;

/* One wait under way, as a look sees it. */
typedef struct Wait {
    const Call *call;
    int64_t passed_ms;
    int64_t left_ms; /* until the time is up; 0 at the last look; INT64_MAX: no end is set */
    /* For a look to set: why the condition does not hold yet. Shown behind the progress text and
     * in errors; lives in call->arena. */
    Str reason;
} Wait;

/* Pauses before a first, second, … repetition. */
typedef struct WaitPauses {
    int64_t first_ms; /* 0: 250 */
    int64_t last_ms;  /* the longest; 0: 2,000 */
    unsigned count;   /* so many repetitions; 0: no limit */
} WaitPauses;

typedef struct WaitUntil {
    const char *what; /* "an address": the progress text is "waiting for an address" */
    WaitLook (*look)(void *payload, Wait *wait);
    void *payload;
    int64_t timeout_ms; /* 0: the call's deadline alone */
    WaitPauses pauses;
} WaitUntil;

/* Adds no error. *wait (may be NULL): as after the last look. */
WaitResult wait_until(const Call *call, const WaitUntil *until, Wait *wait);
/* Same; adds an error if the time is up or the run is stopped. After WAIT_LOOK_FAILED the look has
 * added its own error. */
MUST_USE bool wait_until_done(const Call *call, const WaitUntil *until, Diags *diags);
/* For a request that is repeated a few times: sleeps before repetition *attempt, which starts at 0
 * and is counted up. False if there are no repetitions left, the time is up or the run is stopped.
 */
MUST_USE bool wait_until_retry(const Call *call, const WaitPauses *pauses, unsigned *attempt);
