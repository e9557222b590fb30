/* state_lease: renews the lock and tracks when it expires. */
#include "state_lease.h"
#include "log.h"
#include "thread.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#define RETRY_MS     500
#define GRACE_MAX_MS 30000
#define PAUSE_MS     20 /* longest time to set a timer, unless the process was stopped */

struct StateLease {
    LeaseRequest request;
    pthread_mutex_t mutex;
    int64_t until_ms;
    bool is_lost;
    bool is_armed; /* the timer is set */
    bool has_timer;
    timer_t timer; /* kills the process */
    Str problem;   /* of the last attempt; in `arena` */
    Arena *arena;
    CancelToken *stop;
    Thread *thread;
};

static int64_t now(const StateLease *lease) {
    const Clock *clock = lease->request.clock;
    return clock->monotonic_ms(clock->self);
}

int64_t state_lease_grace_ms(int64_t term_ms) {
    return term_ms < GRACE_MAX_MS ? term_ms : GRACE_MAX_MS;
}

/* A twentieth of the grace is left for clocks of different speed. */
static int64_t lease_end_ms(const StateLease *lease) {
    return lease->until_ms + lease->request.grace_ms - lease->request.grace_ms / 20;
}

/* The kernel's timer ends a stopped process, too. If the process was stopped between the two steps,
 * the timer would fire too late, so they are repeated. */
static void lease_arm(StateLease *lease) {
    int64_t began;
    if (!lease->is_armed)
        return;
    do {
        began = now(lease);
        int64_t left = lease_end_ms(lease) - began;
        left = left > 0 ? left : 1;
        struct itimerspec when = {
            .it_value = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000},
        };
        CHECK(timer_settime(lease->timer, 0, &when, NULL) == 0);
    } while (now(lease) - began > PAUSE_MS);
}

static bool lease_open_timer(StateLease *lease) {
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    if (lease->request.grace_ms > 0)
        lease->has_timer = timer_create(CLOCK_BOOTTIME, &event, &lease->timer) == 0;
    return lease->request.grace_ms == 0 || lease->has_timer;
}

static void lease_note(StateLease *lease, LeaseResult result, int64_t began_ms, Str problem) {
    LOCKED(&lease->mutex);
    arena_reset(lease->arena);
    lease->problem = str_clone(problem, lease->arena);
    switch (result) {
    case LEASE_RENEWED:
        lease->until_ms = began_ms + lease->request.term_ms;
        lease_arm(lease);
        break;
    case LEASE_LOST: lease->is_lost = true; break;
    case LEASE_NO_REPLY: lease->is_lost |= now(lease) >= lease->until_ms; break;
    }
}

/* Reads until_ms without the mutex, since only this thread writes it. An attempt gets half of the
 * time that is left: after a broken connection, another attempt may succeed. */
static int64_t lease_attempt(StateLease *lease) {
    SCOPED(ArenaRef) scratch = arena_open("lease");
    Str problem = STR_EMPTY;
    int64_t began = now(lease);
    int64_t half = (lease->until_ms - began) / 2;
    int64_t timeout = half > RETRY_MS ? half : RETRY_MS;
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

/* Says that the process will be killed, if that was promised. */
static void lease_report_end(StateLease *lease) {
    SCOPED(ArenaRef) scratch = arena_open("lease");
    const LeaseRequest *request = &lease->request;
    pthread_mutex_lock(&lease->mutex);
    bool will_end = lease->is_lost && lease->is_armed && !cancel_level(lease->stop);
    int64_t left = lease_end_ms(lease) - now(lease);
    pthread_mutex_unlock(&lease->mutex);
    if (!will_end || !request->note)
        return;
    request->note(request->payload,
                  str_format(scratch,
                             "The lock of \"%.*s\" was lost: no new operation starts. Another "
                             "program may soon hold the lock, so loam kills itself if the running "
                             "operations do not end within %.*s.",
                             STR_ARG(request->what), STR_ARG(clock_format_elapsed(left, scratch))));
}

static void lease_keep(void *payload) {
    StateLease *lease = payload;
    int64_t elapsed = now(lease) - lease->request.began_ms;
    int64_t wait = lease->request.term_ms / 3 - elapsed;
    while (!lease_is_over(lease) && !cancel_wait(lease->stop, (uint64_t)(wait > 0 ? wait : 0)))
        wait = lease_attempt(lease);
    lease_report_end(lease);
}

StateLease *state_lease_start(const LeaseRequest *request, Arena *arena, Diags *diags) {
    StateLease *lease = arena_new(arena, StateLease);
    lease->request = *request;
    lease->until_ms = request->began_ms + request->term_ms;
    lease->arena = arena_open("lease");
    lease->stop = cancel_open();
    pthread_mutex_init(&lease->mutex, NULL);
    if (lease_open_timer(lease))
        lease->thread = thread_start(THREAD_LEASE, lease_keep, lease);
    if (lease->thread)
        return lease;
    diags_error(diags, NO_RANGE, "State lock cannot be renewed",
                "The system has no further thread or timer, which are needed to renew the lock of "
                "\"%.*s\". End other programs, then try again.",
                STR_ARG(request->what));
    state_lease_stop(lease);
    return NULL;
}

bool state_lease_check(StateLease *lease, Diags *diags) {
    LOCKED(&lease->mutex);
    if (lease->has_timer && !lease->is_armed) {
        lease->is_armed = true;
        lease_arm(lease);
    }
    bool is_held = !lease->is_lost && now(lease) < lease->until_ms;
    if (!is_held) {
        lease->is_lost = true;
        const char *colon = lease->problem.len > 0 ? ": " : "";
        diags_error(diags_as(DIAG_UNREACHABLE, diags), NO_RANGE, "State lock lost",
                    "The lock of \"%.*s\" requires renewal, which failed%s%.*s. Another program "
                    "may hold the lock now, so this run starts no new operation. Check who uses "
                    "the state and whether you can reach the backend, then run the command again.",
                    STR_ARG(lease->request.what), colon, STR_ARG(lease->problem));
    }
    return is_held;
}

void state_lease_end(StateLease *lease) {
    if (!lease)
        return;
    cancel_raise(lease->stop, CANCEL_NOW);
    if (lease->thread)
        thread_join(lease->thread);
    lease->thread = NULL;
}

void state_lease_stop(StateLease *lease) {
    if (!lease)
        return;
    state_lease_end(lease);
    if (lease->has_timer)
        timer_delete(lease->timer);
    cancel_close(lease->stop);
    arena_close(lease->arena);
    pthread_mutex_destroy(&lease->mutex);
}
