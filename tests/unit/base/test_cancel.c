/* The level only rises, and raising it wakes every waiter. */
#include "unit.h"

#include "cancel.h"
#include "thread.h"

#include <poll.h>

static bool is_readable(const CancelToken *token) {
    struct pollfd wanted = {.fd = cancel_fd(token), .events = POLLIN};
    return poll(&wanted, 1, 0) == 1;
}

static void only_rises(void **) {
    CancelToken *token = cancel_open();
    assert_int_equal(cancel_level(NULL), CANCEL_NONE);
    assert_int_equal(cancel_level(token), CANCEL_NONE);
    cancel_raise(token, CANCEL_NONE);
    assert_false(is_readable(token));
    cancel_raise(token, CANCEL_NOW);
    cancel_raise(token, CANCEL_STOP);
    assert_int_equal(cancel_level(token), CANCEL_NOW);
    assert_true(is_readable(token));
    cancel_close(token);
    cancel_close(NULL);
}

static void raise_it(void *payload) {
    cancel_wait(NULL, 20);
    cancel_raise(payload, CANCEL_STOP);
}

static void wakes_who_waits(void **) {
    CancelToken *token = cancel_open();
    assert_false(cancel_wait(token, 0));
    assert_false(cancel_wait(token, 5));
    Thread *thread = thread_start(THREAD_ATTEMPT, raise_it, token);
    assert_true(cancel_wait(token, 60000));
    assert_true(cancel_wait(token, 60000)); /* returns at once: the token stays raised */
    thread_join(thread);
    cancel_close(token);
}

/* A second token ignores the first stop, so that necessary work can still be done. */
static void second_follows_the_last_level(void **) {
    CancelToken *first = cancel_open();
    CancelToken *second = cancel_open_second(first);
    cancel_raise(first, CANCEL_STOP);
    assert_int_equal(cancel_level(second), CANCEL_NONE);
    assert_false(is_readable(second));
    cancel_raise(first, CANCEL_NOW);
    assert_int_equal(cancel_level(second), CANCEL_NOW);
    assert_true(is_readable(second));
    cancel_close(first);
    first = cancel_open();
    cancel_raise(first, CANCEL_NOW);
    assert_int_equal(cancel_level(cancel_open_second(first)), CANCEL_NOW);
    cancel_close(first);
}

UNIT_MAIN(test_cancel) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_rises),
        cmocka_unit_test(wakes_who_waits),
        cmocka_unit_test(second_follows_the_last_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
