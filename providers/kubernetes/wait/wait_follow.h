/* wait_follow: follows one object until a test says that the wait is over. wait_ready, wait_block
 * and wait_gate have the tests.
 *
 * The object is watched; where the user may not watch, it is polled. The line of progress says why
 * the test is not satisfied, and for a workload which of its pods keeps it: "3 of 5 pods ready,
 * web-1: ImagePullBackOff". */
#pragma once

#include "readiness.h"
#include "wait_object.h"

typedef struct WaitFollow {
    const char *goal; /* completes `Deployment "web" was not`: "ready" */
    const char *hint; /* a sentence that ends the error of a wait that was too long; may be NULL */
    /* Instead of `hint`, if the object reports a failure: more time does not help. NULL: `hint`. */
    const char *failure_hint;
    Readiness (*look)(void *payload, Value object, Arena *arena);
    /* Called now and then while the object is in progress, for facts of other objects that `look`
     * needs; `look` follows. May be NULL. */
    void (*inquire)(void *payload, const WaitObject *wait, Value object, int64_t deadline_ms);
    void *payload;
} WaitFollow;

/* `*object` is the object as the last request returned it, or null. If it satisfies the test, no
 * request is sent. On return it is the newest version seen, in call->arena. On failure adds one
 * error: the time is over, the object has failed or is stuck (each with a report of the cause),
 * it was deleted or replaced by another of its name, the server rejects the requests, or the run
 * was cancelled. */
MUST_USE bool wait_follow_until(const WaitObject *wait, const WaitFollow *follow, Value *object,
                                Diags *diags);
