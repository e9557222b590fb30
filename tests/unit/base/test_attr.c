/* CHECK ends the program and says where; SCOPED releases on every path. */
#include "unit.h"

#include "attr.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void failed_check_aborts(void **) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        dup2(ends[1], STDERR_FILENO);
        CHECK(2 > 1);
        CHECK(1 > 2);
        _exit(0);
    }
    close(ends[1]);
    char text[200] = {0};
    assert_true(read(ends[0], text, sizeof text - 1) > 0);
    close(ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(text, "CHECK(1 > 2)"));
    assert_non_null(strstr(text, "test_attr.c"));
}

typedef struct Held {
    int *released;
} Held;

static void held_release(Held *held) {
    if (held->released)
        ++*held->released;
}
SCOPED_TYPE(Held, held_release);

static bool leaves_early(bool early, int *released) {
    SCOPED(Held) held = {released};
    if (early)
        return true;
    SCOPED(Held) second = {released};
    return second.released == held.released;
}

static void scopes_release(void **) {
    int released = 0;
    assert_true(leaves_early(true, &released));
    assert_int_equal(released, 1);
    assert_true(leaves_early(false, &released));
    assert_int_equal(released, 3);
}

UNIT_MAIN(test_attr) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failed_check_aborts),
        cmocka_unit_test(scopes_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
