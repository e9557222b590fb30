/* StateLease: a thread that renews a lock which expires in its store.
 *
 * The lock is held for `term_ms` from the start of its last successful renewal; the next renewal
 * starts after a third of that time. The lock is lost for good if the term passes without a
 * renewal, or if the store reports another holder. Thread-safe. */
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
    int64_t began_ms; /* clock->monotonic_ms before the request for the lock */
    Str what;         /* the lock's name, for messages */
    void *self;
    /* Tries once, for at most `timeout_ms`; raising `stop` ends it early. *problem, the end of a
     * sentence, is set unless the result is LEASE_RENEWED. */
    LeaseResult (*renew)(void *self, int64_t timeout_ms, const CancelToken *stop, Str *problem,
                         Arena *arena);
} LeaseRequest;

/* Returns NULL, with an error, if no thread could be started. `arena` must outlive the lease. */
StateLease *state_lease_start(const LeaseRequest *request, Arena *arena, Diags *diags);
/* Returns false, with an error, once the lock is lost. */
MUST_USE bool state_lease_check(StateLease *lease, Diags *diags);
/* Ends the thread; the caller releases the lock. */
void state_lease_stop(StateLease *lease);
