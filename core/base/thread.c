/* Starts and ends threads. The thread and its starter share the record; the last of the two frees
 * it. */
#include "thread.h"

#include "arena.h"

#include <signal.h>
#include <stdatomic.h>

#define NS_PER_MS     1000000
#define NS_PER_SECOND 1000000000

struct Thread {
    Arena *arena; /* holds the record itself */
    pthread_t handle;
    ThreadKind kind;
    void (*run)(void *payload);
    void *payload;
    atomic_int owners;
};

/* Names for the kernel: at most 15 bytes. */
static const char *const kind_names[] = {
    [THREAD_WALK_WORKER] = "loam-walk",
    [THREAD_SIGNAL] = "loam-signal",
    [THREAD_TICKER] = "loam-ticker",
    [THREAD_LIBVIRT_EVENTS] = "loam-libvirt",
    [THREAD_LEASE] = "loam-lease",
    [THREAD_RENEWER] = "loam-renewer",
    [THREAD_ATTEMPT] = "loam-attempt",
    [THREAD_PARTS] = "loam-parts",
    [THREAD_SSH_SESSION] = "loam-ssh",
    [THREAD_SSH_AGENT] = "loam-ssh-agent",
    [THREAD_SSH_PROXY] = "loam-ssh-proxy",
    [THREAD_KEY] = "loam-key",
    [THREAD_RPC] = "loam-rpc",
    [THREAD_PROVIDER] = "loam-provider",
    [THREAD_SERVER] = "loam-server",
    [THREAD_INFORMER] = "loam-informer",
    [THREAD_WORKER] = "loam-worker",
    [THREAD_NOTIFIER] = "loam-notifier",
    [THREAD_TRACES] = "loam-traces",
};
static_assert(ARRAY_COUNT(kind_names) == THREAD_TRACES + 1, "a name for each kind");

pthread_mutex_t *thread_lock(pthread_mutex_t *mutex) {
    pthread_mutex_lock(mutex);
    return mutex;
}

void thread_unlock(pthread_mutex_t *const *mutex) {
    pthread_mutex_unlock(*mutex);
}

static void thread_leave(Thread *thread) {
    if (atomic_fetch_sub(&thread->owners, 1) == 1)
        arena_close(thread->arena);
}

static void *thread_main(void *payload) {
    Thread *thread = payload;
    pthread_setname_np(pthread_self(), kind_names[thread->kind]);
    thread->run(thread->payload);
    thread_leave(thread);
    return NULL;
}

Thread *thread_start(ThreadKind kind, void (*run)(void *payload), void *payload) {
    Arena *arena = arena_open("thread");
    Thread *thread = arena_new(arena, Thread);
    *thread = (Thread){.arena = arena, .kind = kind, .run = run, .payload = payload, .owners = 2};
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&thread->handle, NULL, thread_main, thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0)
        return thread;
    arena_close(arena);
    return NULL;
}

void thread_join(Thread *thread) {
    CHECK(pthread_join(thread->handle, NULL) == 0);
    thread_leave(thread);
}

void thread_abandon(Thread *thread) {
    CHECK(pthread_detach(thread->handle) == 0);
    thread_leave(thread);
}

void thread_wait(pthread_cond_t *changed, pthread_mutex_t *held, int64_t timeout_ms) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    int64_t ns = until.tv_nsec + timeout_ms % 1000 * NS_PER_MS;
    until.tv_sec += timeout_ms / 1000 + ns / NS_PER_SECOND;
    until.tv_nsec = ns % NS_PER_SECOND;
    pthread_cond_timedwait(changed, held, &until);
}
