/* ssh_pool: a session is only reused for the same target, and never twice at a time. */
#include "ssh_pool.h"

#include "unit.h"

typedef struct FakeHost {
    size_t closed;
    SshSession *dead;
} FakeHost;

static bool fake_is_alive(void *self, SshSession *session) {
    return ((FakeHost *)self)->dead != session;
}

static void fake_close(void *self, SshSession *session) {
    (void)session;
    ((FakeHost *)self)->closed++;
}

static SshSession *session_number(uintptr_t number) {
    return (SshSession *)number; /* never dereferenced */
}

static void test_take_and_give(void **state) {
    (void)state;
    FakeHost host = {0};
    Ssh ssh = {.self = &host, .is_alive = fake_is_alive, .close = fake_close};
    SshPool *pool = ssh_pool_open(&ssh);
    SshTarget a = {.host = STR("h"),
                   .port = 22,
                   .user = STR("u"),
                   .private_key = STR("k"),
                   .host_key = STR("p")};
    SshTarget others[] = {a, a, a, a, a};
    others[0].host = STR("g");
    others[1].port = 23;
    others[2].user = STR("v");
    others[3].private_key = STR("l");
    others[4].host_key = STR("q");
    ssh_pool_give(pool, &a, session_number(16));
    ssh_pool_give(pool, &a, session_number(32));
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        assert_null(ssh_pool_take(pool, &others[i]));
    }
    host.dead = session_number(32);
    assert_ptr_equal(ssh_pool_take(pool, &a), session_number(16));
    assert_int_equal(host.closed, 1);
    assert_null(ssh_pool_take(pool, &a));
    ssh_pool_give(pool, &a, session_number(16));
    ssh_pool_close(pool);
    assert_int_equal(host.closed, 2);
    ssh_pool_close(NULL);
}

static void test_absence(void **state) {
    (void)state;
    FakeHost host = {0};
    Ssh ssh = {.self = &host, .is_alive = fake_is_alive, .close = fake_close};
    SshPool *pool = ssh_pool_open(&ssh);
    SshTarget a = {.host = STR("h"), .port = 22}, b = {.host = STR("h"), .port = 23};
    SshProblem problem = {.text = STR("no route")}, found = {0};
    SshStatus status = SSH_DONE;
    assert_false(ssh_pool_find_absence(pool, &a, &status, &found));
    ssh_pool_note_absence(pool, &a, SSH_NO_ANSWER, &problem);
    assert_false(ssh_pool_find_absence(pool, &b, &status, &found));
    assert_true(ssh_pool_find_absence(pool, &a, &status, &found));
    assert_int_equal(status, SSH_NO_ANSWER);
    check_str(found.text, "no route");
    ssh_pool_close(pool);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_take_and_give),
        cmocka_unit_test(test_absence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
