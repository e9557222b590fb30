/* Threads run with signals blocked, and are joined or abandoned. */
#include "unit.h"

#include "cancel.h"
#include "thread.h"

#include <errno.h>
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

static void join_waits(void **) {
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

static void abandoned_goes_on(void **) {
    /* The thread may still be inside cancel_raise when this test ends, so the token is never freed.
     */
    static Seen seen;
    seen.done = cancel_open();
    thread_abandon(thread_start(THREAD_ATTEMPT, look_around, &seen));
    assert_true(cancel_wait(seen.done, 10000));
    assert_true(seen.ran);
}

typedef struct Signal {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    bool is_given;
} Signal;

static void give_signal(void *payload) {
    Signal *signal = payload;
    pthread_mutex_lock(&signal->mutex);
    signal->is_given = true;
    pthread_cond_signal(&signal->changed);
    pthread_mutex_unlock(&signal->mutex);
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void waiting_ends_by_itself(void **) {
    Signal signal = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    static const int64_t timeouts_ms[] = {0, 30, 1020};
    pthread_mutex_lock(&signal.mutex);
    for (size_t i = 0; i < ARRAY_COUNT(timeouts_ms); i++) {
        int64_t start_ms = now_ms();
        thread_wait(&signal.changed, &signal.mutex, timeouts_ms[i]);
        assert_in_range(now_ms() - start_ms + 1, timeouts_ms[i], timeouts_ms[i] + 5000);
    }
    pthread_mutex_unlock(&signal.mutex);
}

static void waiting_ends_with_the_signal(void **) {
    Signal signal = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false};
    int64_t start_ms = now_ms();
    pthread_mutex_lock(&signal.mutex);
    Thread *thread = thread_start(THREAD_TICKER, give_signal, &signal);
    while (!signal.is_given)
        thread_wait(&signal.changed, &signal.mutex, 60000);
    pthread_mutex_unlock(&signal.mutex);
    thread_join(thread);
    assert_true(now_ms() - start_ms < 30000);
}

static int try_in_block(pthread_mutex_t *mutex) {
    LOCKED(mutex);
    return pthread_mutex_trylock(mutex);
}

static void block_ends_with_the_lock(void **) {
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    assert_int_equal(try_in_block(&mutex), EBUSY);
    assert_int_equal(pthread_mutex_trylock(&mutex), 0);
}

UNIT_MAIN(test_thread) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(join_waits),
        cmocka_unit_test(abandoned_goes_on),
        cmocka_unit_test(waiting_ends_by_itself),
        cmocka_unit_test(waiting_ends_with_the_signal),
        cmocka_unit_test(block_ends_with_the_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
