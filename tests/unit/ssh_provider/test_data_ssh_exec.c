/* data ssh_exec: the output of a command, whatever its status. */
#include "ssh_case.h"
#include "ssh_mute_port.h"

static void test_read(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    static const struct {
        const char *command, *out, *err;
        int64_t exit_status;
    } cases[] = {
        {"echo a; echo b >&2; exit 4", "a\n", "b\n", 4},
        {"cat", "", "", 0},
    };
    SshCase s = ssh_case_open(SERVER_SSHD, &data_ssh_exec);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *rest = ssh_text(&s, "\"command\":\"@\"", cases[i].command);
        s.c.state = case_config(&s.c, ssh_config(&s, rest));
        check_done(&s.c, case_read(&s.c));
        check_str(case_text(&s.c, "stdout"), cases[i].out);
        check_str(case_text(&s.c, "stderr"), cases[i].err);
        int64_t status = -1;
        assert_true(value_to_int(case_attribute(&s.c, "exit_status"), &status));
        assert_int_equal(status, cases[i].exit_status);
    }
    ssh_case_close(&s);
}

/* A value of the environment, or the input, may have any lines. */
static void test_environment(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &data_ssh_exec);
    s.c.state = case_config(
        &s.c, ssh_config(&s, "\"command\":\"printf '%s:' \\\"$V\\\" \\\"$W\\\"; cat\","
                             "\"environment\":{\"V\":\"a\\nloam-end\\n'b\\n\",\"W\":\"\"},"
                             "\"stdin\":\"loam-end\\nc\""));
    check_done(&s.c, case_read(&s.c));
    check_str(case_text(&s.c, "stdout"), "a\nloam-end\n'b\n::loam-end\nc");
    ssh_case_close(&s);
}

typedef struct MuteCase {
    SshCase s;
    MutePort mute;
    const char *json;
    int64_t start_ms;
} MuteCase;

/* A plan that waits one second for a machine behind such a port; its "timeout" is 5 minutes. */
static MuteCase mute_case_open(MutePortKind kind) {
    MuteCase made = {.s = ssh_case_of(server_prepare(SERVER_SSHD), &data_ssh_exec)};
    made.mute = mute_port_open(kind);
    SshTarget target = server_target(&made.s.server);
    target.port = made.mute.port;
    ssh_case_configure(&made.s, "{\"plan_timeout\":\"1s\"}");
    made.json = ssh_config_of(&made.s, &target, "\"command\":\"true\"");
    made.s.c.call.is_planning = true;
    made.s.c.state = case_config(&made.s.c, made.json);
    made.start_ms = call_monotonic_ms(case_call(&made.s.c));
    return made;
}

static void mute_case_close(MuteCase *m) {
    mute_port_close(&m->mute);
    ssh_case_close(&m->s);
}

static void test_plan_does_not_wait(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    static const struct {
        MutePortKind kind;
        const char *words;
    } cases[] = {
        {MUTE_REFUSES, "Connection refused"},
        {MUTE_SILENT, "did not respond"},
        {MUTE_DROPS, "did not respond"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        MuteCase m = mute_case_open(cases[i].kind);
        ResourceCase *c = &m.s.c;
        check_done(c, case_read(c));
        assert_in_range(call_monotonic_ms(case_call(c)) - m.start_ms, 500, 60000);
        assert_int_equal(c->diags.count, 0);
        assert_true(str_find(c->deferred, str_from_cstr(cases[i].words), 0) != SIZE_MAX);
        assert_true(str_find(c->deferred, STR("\"plan_timeout\""), 0) != SIZE_MAX);
        /* Further reads from the same machine do not wait again. */
        int64_t second_ms = call_monotonic_ms(case_call(c));
        c->state = case_config(c, m.json);
        check_done(c, case_read(c));
        assert_true(c->deferred.len > 0);
        assert_in_range(call_monotonic_ms(case_call(c)) - second_ms, 0, 900);
        mute_case_close(&m);
    }
}

/* The apply waits up to "timeout", also after a plan that did not reach the machine. */
static void test_apply_waits(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_of(server_prepare(SERVER_SSHD), &data_ssh_exec);
    ResourceCase *c = &s.c;
    ssh_case_configure(&s, "{\"plan_timeout\":\"100ms\"}");
    const char *json = ssh_config(&s, "\"command\":\"echo a\",\"timeout\":\"30s\"");
    c->call.is_planning = true;
    c->state = case_config(c, json);
    check_done(c, case_read(c));
    assert_true(c->deferred.len > 0);
    s.server.delay = "1";
    server_spawn(&s.server);
    c->call.is_planning = false;
    c->state = case_config(c, json);
    check_done(c, case_read(c));
    assert_int_equal(c->deferred.len, 0);
    check_str(case_text(c, "stdout"), "a\n");
    ssh_case_close(&s);
}

/* For a plan, a command that hangs is like a machine that does not answer; an apply waits for it.
 */
static void test_plan_does_not_wait_for_a_command(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &data_ssh_exec);
    ResourceCase *c = &s.c;
    ssh_case_configure(&s, "{\"plan_timeout\":\"2s\"}");
    c->call.is_planning = true;
    int64_t start_ms = call_monotonic_ms(case_call(c));
    c->state = case_config(c, ssh_config(&s, "\"command\":\"sleep 60\""));
    check_done(c, case_read(c));
    assert_in_range(call_monotonic_ms(case_call(c)) - start_ms, 1500, 55000);
    assert_true(str_find(c->deferred, STR("the command did not end in time"), 0) != SIZE_MAX);
    c->call.is_planning = false;
    c->state = case_config(c, ssh_config(&s, "\"command\":\"sleep 3; echo b\""));
    check_done(c, case_read(c));
    check_str(case_text(c, "stdout"), "b\n");
    ssh_case_close(&s);
}

/* Another host key at the address is an error that stops the plan. */
static void test_other_host_key(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &data_ssh_exec);
    ResourceCase *c = &s.c;
    SshTarget target = server_target(&s.server);
    target.host_key = s.server.other_public;
    c->call.is_planning = true;
    c->state = case_config(c, ssh_config_of(&s, &target, "\"command\":\"true\""));
    check_refused(c, case_read(c), "Host key differs from the pinned key");
    ssh_case_close(&s);
}

UNIT_MAIN(test_data_ssh_exec) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_environment),
        cmocka_unit_test(test_plan_does_not_wait),
        cmocka_unit_test(test_apply_waits),
        cmocka_unit_test(test_plan_does_not_wait_for_a_command),
        cmocka_unit_test(test_other_host_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
