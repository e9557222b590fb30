/* ephemeral ssh_exec: opens, renews and closes a result. */
#include "ssh_case.h"
#include "ssh_mute_port.h"

static const char *const lease = "\"command\":\"echo token | tee lease; echo warned >&2\","
                                 "\"renew_command\":\"echo again >> lease\",\"renew_every\":\"2m\","
                                 "\"close_command\":\"rm lease\"";

static Str look(SshCase *s) {
    ResourceCase c = s->c;
    c.call.type = &data_ssh_exec.type;
    c.schema = &data_ssh_exec.schema;
    c.state = case_config(&c, ssh_config(s, "\"command\":\"cat lease 2>&1 | tr '\\\\n' ' '\""));
    check_done(&c, case_read(&c));
    return case_text(&c, "stdout");
}

static bool close_it(SshCase *s) {
    s->c.diags = diags_new(s->c.arena);
    CloseRequest request = {s->c.private_data};
    return object_type_close(case_call(&s->c), &request, &s->c.diags);
}

static void is_opened_renewed_and_closed(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ephemeral_ssh_exec);
    int64_t now = clock_real.monotonic_ms(clock_real.self), renew_at_ms = 0;
    check_done(&s.c, case_open_ephemeral(&s.c, ssh_config(&s, lease), &renew_at_ms));
    check_str(case_text(&s.c, "stdout"), "token\n");
    check_str(case_text(&s.c, "stderr"), "warned\n");
    assert_true(renew_at_ms >= now + 120000 && renew_at_ms < now + 240000);
    RenewRequest request = {s.c.private_data};
    RenewResponse response;
    check_done(&s.c, object_type_renew(case_call(&s.c), &request, &response, &s.c.diags));
    assert_true(response.renew_at_ms >= renew_at_ms);
    check_str(look(&s), "token again ");
    check_done(&s.c, close_it(&s));
    assert_true(str_find(look(&s), STR("No such file"), 0) != SIZE_MAX);
    check_refused(&s.c, close_it(&s), "The command failed");
    ssh_case_close(&s);
}

/* Without the commands nothing is renewed or closed. */
static void may_only_open(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ephemeral_ssh_exec);
    int64_t renew_at_ms = -1;
    check_done(&s.c,
               case_open_ephemeral(&s.c, ssh_config(&s, "\"command\":\"exit 3\""), &renew_at_ms));
    assert_int_equal(renew_at_ms, 0);
    int64_t status = 0;
    assert_true(value_to_int(case_attribute(&s.c, "exit_status"), &status));
    assert_int_equal(status, 3);
    check_done(&s.c, close_it(&s));
    ssh_case_close(&s);
}

static void intervals_are_checked(void **) {
    ResourceCase c = case_open(&ephemeral_ssh_exec);
    static const char *const head =
        "{\"host\":\"h\",\"host_key\":\"ssh-ed25519 "
        "AAAAC3NzaC1lZDI1NTE5AAAAIJxIkGwCYGuwzNzZBw8kLVvGxXkqSVSLQk5uhyVJIkNw\",\"command\":"
        "\"true\",\"renew_every\":";
    const char *good = str_to_cstr(str_format(c.arena, "%s\"90s\"}", head), c.arena);
    const char *bad = str_to_cstr(str_format(c.arena, "%s\"10ms\"}", head), c.arena);
    check_done(&c, case_validate(&c, good));
    assert_false(case_validate(&c, bad));
    case_close(&c);
}

/* A plan leaves it to the apply. */
static void is_deferred_by_a_plan(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_of(server_prepare(SERVER_SSHD), &ephemeral_ssh_exec);
    MutePort mute = mute_port_open(MUTE_SILENT);
    SshTarget target = server_target(&s.server);
    target.port = mute.port;
    ssh_case_configure(&s, "{\"plan_timeout\":\"1s\"}");
    s.c.call.is_planning = true;
    int64_t start_ms = call_monotonic_ms(case_call(&s.c)), renew_at_ms = -1;
    const char *json = ssh_config_of(&s, &target, "\"command\":\"true\"");
    check_done(&s.c, case_open_ephemeral(&s.c, json, &renew_at_ms));
    assert_in_range(call_monotonic_ms(case_call(&s.c)) - start_ms, 500, 60000);
    assert_true(s.c.deferred.len > 0);
    mute_port_close(&mute);
    ssh_case_close(&s);
}

UNIT_MAIN(test_ephemeral_ssh_exec) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_opened_renewed_and_closed),
        cmocka_unit_test(may_only_open),
        cmocka_unit_test(intervals_are_checked),
        cmocka_unit_test(is_deferred_by_a_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
