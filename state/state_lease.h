/* StateLease: a thread that keeps a lock alive which its store lets expire.
 *
 * The lock is held for `term_ms` from the moment in which its last successful renewal was begun; a
 * third of that later the next is begun. Once that time is over without one, or the store has said
 * that somebody else has the lock, it is lost for good. Any thread may ask. */
#pragma once

#include "diag.h"
#include "io.h"

typedef struct StateLease StateLease;

typedef enum LeaseAnswer {
    LEASE_RENEWED,
    LEASE_LOST,       /* the store knows of no such lock any more */
    LEASE_UNANSWERED, /* try again */
} LeaseAnswer;

typedef struct LeaseRequest {
    const Clock *clock;
    int64_t term_ms;
    int64_t began_ms; /* clock->monotonic_ms before the lock was asked for */
    Str what;         /* whose lock, for messages */
    void *self;
    /* One attempt of at most `timeout_ms`, which ends early when `stop` is raised; *problem, a
     * sentence's end, unless it was renewed. */
    LeaseAnswer (*renew)(
        void *self, int64_t timeout_ms, const CancelToken *stop, Str *problem, Arena *arena);
} LeaseRequest;

/* NULL, with an error: no thread could be started. `arena` outlives it. */
StateLease *state_lease_start(const LeaseRequest *request, Arena *arena, Diags *diags);
/* False, with an error, once it was lost. */
MUST_USE bool state_lease_check(StateLease *lease, Diags *diags);
/* Ends the thread; the lock itself is the caller's to give back. */
void state_lease_stop(StateLease *lease);
