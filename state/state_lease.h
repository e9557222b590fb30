/* StateLease: a thread that renews a lock which expires in its store.
 *
 * The lock is held for `term_ms` from the start of its last successful renewal; the next renewal
 * starts after a third of that time. The lock is lost for good if the term passes without a
 * renewal, or if the store reports another holder. Thread-safe.
 *
 * With `grace_ms`, other runs may take the lock over that long after it expired. From the first
 * state_lease_check on, this process is killed before that time, even if it is stopped or hangs: a
 * call in flight must not overlap with calls of the next holder. */
#pragma once

#include "diag.h"
#include "io.h"

typedef struct StateLease StateLease;

typedef enum LeaseResult {
    LEASE_RENEWED,
    LEASE_LOST,     /* the store has no such lock any more */
    LEASE_NO_REPLY, /* no reply: retry */
} LeaseResult;

typedef struct LeaseRequest {
    const Clock *clock;
    int64_t term_ms;
    int64_t grace_ms; /* 0: never kills the process */
    int64_t began_ms; /* clock->monotonic_ms before the request for the lock */
    Str what;         /* the lock's name, for messages */
    void *self;
    /* Tries once, for at most `timeout_ms`; raising `stop` ends it early. *problem, the end of a
     * sentence, is set unless the result is LEASE_RENEWED. */
    LeaseResult (*renew)(void *self, int64_t timeout_ms, const CancelToken *stop, Str *problem,
                         Arena *arena);
    /* Called by the thread if the lock is lost and the process will be killed; may be NULL. */
    void (*note)(void *payload, Str text);
    void *payload;
} LeaseRequest;

/* Returns how long after its expiry a lock of this term may be taken over. */
int64_t state_lease_grace_ms(int64_t term_ms);

/* Returns NULL, with an error, if the system has no thread or no timer left. `arena` must outlive
 * the lease. */
StateLease *state_lease_start(const LeaseRequest *request, Arena *arena, Diags *diags);
/* Returns false, with an error, once the lock is lost. */
MUST_USE bool state_lease_check(StateLease *lease, Diags *diags);
/* Ends the thread. The process is still killed as promised, unless state_lease_stop follows.
 * Accepts NULL. */
void state_lease_end(StateLease *lease);
/* Ends the thread; the caller releases the lock. Accepts NULL. */
void state_lease_stop(StateLease *lease);
