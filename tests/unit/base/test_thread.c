/* Threads run with signals blocked, are joined or go on alone. */
#include "unit.h"

#include "cancel.h"
#include "thread.h"

#include <signal.h>

typedef struct Seen {
    CancelToken *done;
    bool blocked;
    bool ran;
} Seen;

static void look_around(void *payload) {
    Seen *seen = payload;
    sigset_t mask;
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    seen->blocked = sigismember(&mask, SIGINT) == 1 && sigismember(&mask, SIGTERM) == 1;
    seen->ran = true;
    if (seen->done)
        cancel_raise(seen->done, CANCEL_STOP);
}

static void join_waits(void **state) {
    (void)state;
    Seen seen = {0};
    sigset_t mask;
    Thread *thread = thread_start(THREAD_WALK_WORKER, look_around, &seen);
    assert_non_null(thread);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    assert_int_equal(sigismember(&mask, SIGINT), 0);
    thread_join(thread);
    assert_true(seen.ran);
    assert_true(seen.blocked);
}

static void abandoned_goes_on(void **state) {
    (void)state;
    /* The thread may still be inside cancel_raise when this ends: the token stays, and reachable.
     */
    static Seen seen;
    seen.done = cancel_open();
    thread_abandon(thread_start(THREAD_ATTEMPT, look_around, &seen));
    assert_true(cancel_wait(seen.done, 10000));
    assert_true(seen.ran);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join_waits),
        cmocka_unit_test(abandoned_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
