/* thread: the only caller of pthread_create. The kinds of threads in loam:
 *
 *   walk worker        executes graph nodes; at most -parallelism of them
 *   signal             waits for SIGINT, SIGTERM and SIGHUP, raises the cancel token
 *   terminal ticker    redraws the progress lines
 *   libvirt event loop runs the callbacks of libvirt until the process ends
 *   lease              renews the lock of a state before it expires
 *   renewer            renews ephemeral resources that would expire while they are in use
 *   attempt            one blocking call of a library that has no deadline
 *   parts              works on some of the objects or machines of one call
 *   ssh session        moves the data of one SSH session until it is closed
 *   ssh agent          passes requests to the SSH agent during one login
 *   ssh proxy          carries the connection of one SSH session through a proxy
 *   key                derives the key of a new state beside its plan
 *   rpc reader         reads the connection to one provider in another process
 *   provider           waits for a provider in another process and reads its output
 *   server             executes calls that this process serves
 *   informer           follows the objects of one kind for the operator
 *   worker             does the steps that the operator decides
 *   notifier           posts events of the operator
 *   traces             sends the spans of a run to their collector */
#pragma once

#include "attr.h"

#include <pthread.h>

/* LOCKED(&pool->lock);  holds the mutex until the end of the block, on every path out of it. */
#define LOCKED(mutex)                                                                              \
    __attribute__((cleanup(thread_unlock), unused)) pthread_mutex_t *const locked_mutex =          \
        thread_lock(mutex)
pthread_mutex_t *thread_lock(pthread_mutex_t *mutex);
void thread_unlock(pthread_mutex_t *const *mutex);

typedef enum ThreadKind {
    THREAD_WALK_WORKER,
    THREAD_SIGNAL,
    THREAD_TICKER,
    THREAD_LIBVIRT_EVENTS,
    THREAD_LEASE,
    THREAD_RENEWER,
    THREAD_ATTEMPT,
    THREAD_PARTS,
    THREAD_SSH_SESSION,
    THREAD_SSH_AGENT,
    THREAD_SSH_PROXY,
    THREAD_KEY,
    THREAD_RPC,
    THREAD_PROVIDER,
    THREAD_SERVER,
    THREAD_INFORMER,
    THREAD_WORKER,
    THREAD_NOTIFIER,
    THREAD_TRACES,
} ThreadKind;

typedef struct Thread Thread;

/* Starts `run(payload)` with all signals blocked; returns NULL if the system has no more
 * threads. */
Thread *thread_start(ThreadKind kind, void (*run)(void *payload), void *payload);
/* Waits for the end of the thread and frees it. */
void thread_join(Thread *thread);
/* Detaches the thread; it frees itself at its end. */
void thread_abandon(Thread *thread);
/* Waits until `changed` is signalled, at most `timeout_ms`. May return early without a signal. */
void thread_wait(pthread_cond_t *changed, pthread_mutex_t *held, int64_t timeout_ms);
