/* foreign_worker: the process that answers a client's calls, and its successors.
 *
 * Providers that are made with Terraform's plugin framework keep about 22 KiB of each call. So a
 * process whose memory has grown too much is retired: new calls go to a second process with the
 * same configuration, and the first one ends after its last call. */
#pragma once

#include "foreign_process.h"

typedef struct ForeignWorker {
    ForeignProcess *process;
    unsigned in_flight; /* calls */
    uint64_t calls;     /* since its start */
    uint64_t memory;    /* bytes at the first look; 0: no look yet */
} ForeignWorker;

/* Starts a process for a client; returns NULL if it cannot. */
typedef ForeignProcess *ForeignSuccessor(void *payload);

/* Makes a worker without calls. */
ForeignWorker *foreign_worker_new(ForeignProcess *process, Arena *arena);
/* Begins a call of the current worker of a client. The caller holds the client's lock. */
ForeignWorker *foreign_worker_begin(ForeignWorker *current);
/* Ends a call of this worker; the caller holds the client's lock. If the process has grown too
 * large and `successor` can start another one, sets *current to a worker of that one; else the
 * process serves further calls. Returns a process without calls that the caller must end, after it
 * has released the lock; NULL: none. */
MUST_USE ForeignProcess *foreign_worker_end(ForeignWorker *worker, ForeignWorker **current,
                                            ForeignSuccessor *successor, void *payload,
                                            Arena *arena);
