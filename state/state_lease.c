/* state_lease: renews the lock and tracks when it expires. */
#include "state_lease.h"
#include "log.h"
#include "thread.h"

#include <pthread.h>

#define RETRY_MS 500

struct StateLease {
    LeaseRequest request;
    pthread_mutex_t mutex;
    int64_t until_ms;
    bool is_lost;
    Str problem; /* of the last attempt; in `arena` */
    Arena *arena;
    CancelToken *stop;
    Thread *thread;
};

static int64_t now(const StateLease *lease) {
    const Clock *clock = lease->request.clock;
    return clock->monotonic_ms(clock->self);
}

static void lease_note(StateLease *lease, LeaseResult result, int64_t began_ms, Str problem) {
    LOCKED(&lease->mutex);
    arena_reset(lease->arena);
    lease->problem = str_clone(problem, lease->arena);
    switch (result) {
    case LEASE_RENEWED: lease->until_ms = began_ms + lease->request.term_ms; break;
    case LEASE_LOST: lease->is_lost = true; break;
    case LEASE_NO_REPLY: lease->is_lost |= now(lease) >= lease->until_ms; break;
    }
}

/* Reads until_ms without the mutex, since only this thread writes it. */
static int64_t lease_attempt(StateLease *lease) {
    SCOPED(ArenaRef) scratch = arena_open("lease");
    Str problem = STR_EMPTY;
    int64_t began = now(lease);
    int64_t left = lease->until_ms - began;
    int64_t timeout = left > RETRY_MS ? left : RETRY_MS;
    LeaseResult result =
        lease->request.renew(lease->request.self, timeout, lease->stop, &problem, scratch);
    lease_note(lease, result, began, problem);
    if (result == LEASE_RENEWED)
        return lease->request.term_ms / 3;
    log_debug("lease not renewed", log_text("lease", lease->request.what),
              log_text("problem", problem));
    return RETRY_MS;
}

static bool lease_is_over(StateLease *lease) {
    LOCKED(&lease->mutex);
    return lease->is_lost;
}

static void lease_keep(void *payload) {
    StateLease *lease = payload;
    int64_t elapsed = now(lease) - lease->request.began_ms;
    int64_t wait = lease->request.term_ms / 3 - elapsed;
    while (!lease_is_over(lease) && !cancel_wait(lease->stop, (uint64_t)(wait > 0 ? wait : 0)))
        wait = lease_attempt(lease);
}

StateLease *state_lease_start(const LeaseRequest *request, Arena *arena, Diags *diags) {
    StateLease *lease = arena_new(arena, StateLease);
    lease->request = *request;
    lease->until_ms = request->began_ms + request->term_ms;
    lease->arena = arena_open("lease");
    lease->stop = cancel_open();
    pthread_mutex_init(&lease->mutex, NULL);
    lease->thread = thread_start(THREAD_LEASE, lease_keep, lease);
    if (lease->thread)
        return lease;
    diags_error(diags, NO_RANGE, "State lock cannot be renewed",
                "The system cannot start another thread, which is needed to renew the lock of "
                "\"%.*s\". End other programs, then try again.",
                STR_ARG(request->what));
    state_lease_stop(lease);
    return NULL;
}

bool state_lease_check(StateLease *lease, Diags *diags) {
    LOCKED(&lease->mutex);
    bool is_held = !lease->is_lost && now(lease) < lease->until_ms;
    if (!is_held) {
        lease->is_lost = true;
        const char *colon = lease->problem.len > 0 ? ": " : "";
        diags_error(diags, NO_RANGE, "State lock lost",
                    "The lock of \"%.*s\" requires renewal, which failed%s%.*s. Another program "
                    "may hold the lock now, so this run starts no new operation. Check who uses "
                    "the state and whether you can reach the backend, then run the command again.",
                    STR_ARG(lease->request.what), colon, STR_ARG(lease->problem));
    }
    return is_held;
}

void state_lease_stop(StateLease *lease) {
    if (!lease)
        return;
    cancel_raise(lease->stop, CANCEL_NOW);
    if (lease->thread)
        thread_join(lease->thread);
    cancel_close(lease->stop);
    arena_close(lease->arena);
    pthread_mutex_destroy(&lease->mutex);
}
