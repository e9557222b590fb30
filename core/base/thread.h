/* thread: the only caller of pthread_create. Every kind of thread that loam has:
 *
 *   walk worker        executes graph nodes; as many as -parallelism asks
 *   signal             waits for SIGINT, SIGTERM and SIGHUP, trips the cancel token
 *   terminal ticker    redraws the progress lines
 *   libvirt event loop runs libvirt's callbacks for the process's life
 *   lease              renews the lock of a state before it expires
 *   renewer            renews ephemeral resources that would expire while they are in use
 *   attempt            one blocking foreign call that has no deadline of its own
 */
#pragma once

#include "attr.h"

#include <pthread.h>

typedef enum ThreadKind {
    THREAD_WALK_WORKER,
    THREAD_SIGNAL,
    THREAD_TICKER,
    THREAD_LIBVIRT_EVENTS,
    THREAD_LEASE,
    THREAD_RENEWER,
    THREAD_ATTEMPT,
} ThreadKind;

typedef struct Thread Thread;

/* Starts `run(payload)` with signals blocked; NULL only when the system has no more threads. */
Thread *thread_start(ThreadKind kind, void (*run)(void *payload), void *payload);
/* Waits for its end and releases it. */
void thread_join(Thread *thread);
/* It goes on by itself and is never joined. */
void thread_abandon(Thread *thread);
/* Until `changed` is signalled, but no longer than that; for no reason too, as ever. */
void thread_wait(pthread_cond_t *changed, pthread_mutex_t *held, int64_t timeout_ms);
