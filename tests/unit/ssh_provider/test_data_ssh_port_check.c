/* data ssh_port_check on a loopback server: ports with and without listeners, errors at targets. */
#include "json.h"
#include "ssh_case.h"

/* Returns a port of loopback that was free a moment ago. */
static unsigned free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int made = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(made, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(made, (struct sockaddr *)&address, &size), 0);
    close(made);
    return ntohs(address.sin_port);
}

static const char *targets(SshCase *s, unsigned port, const char *listen) {
    Str text = str_format(
        s->c.arena,
        "\"targets\":[{\"address\":\"127.0.0.1\",\"ports\":[\"%u\",\"%u/tcp\",\"%u/udp\"]%s}]",
        s->server.port, port, port, listen);
    return ssh_config(s, str_to_cstr(text, s->c.arena));
}

static Str state_of(SshCase *s, const char *protocol, unsigned port, const char *attribute) {
    Str key = str_format(s->c.arena, "%s/127.0.0.1/%u", protocol, port);
    return value_text_at(case_attribute(&s->c, attribute), key);
}

static void test_states(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &data_ssh_port_check);
    unsigned port = free_port();
    s.c.state = case_config(&s.c, targets(&s, port, ""));
    check_done(&s.c, case_read(&s.c));
    check_str(state_of(&s, "tcp", s.server.port, "states"), "open");
    check_str(state_of(&s, "tcp", port, "states"), "closed");
    check_str(state_of(&s, "udp", port, "states"), "closed");
    assert_int_equal(case_attribute(&s.c, "open").count, 1);
    assert_int_equal(case_attribute(&s.c, "listeners").count, 0);

    Str listen = str_format(s.c.arena, ",\"listen\":%s", ssh_config(&s, "\"timeout\":\"5s\""));
    s.c.state = case_config(&s.c, targets(&s, port, str_to_cstr(listen, s.c.arena)));
    check_done(&s.c, case_read(&s.c));
    check_str(state_of(&s, "tcp", port, "states"), "open");
    check_str(state_of(&s, "udp", port, "states"), "open");
    check_str(state_of(&s, "tcp", port, "listeners"), "probe");
    check_str(state_of(&s, "tcp", s.server.port, "listeners"), "service");
    ssh_case_close(&s);
}

static void test_failed_target(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &data_ssh_port_check);
    SshTarget target = server_target(&s.server);
    target.host_key = s.server.other_public;
    Str listen =
        str_format(s.c.arena, ",\"listen\":%s", ssh_config_of(&s, &target, "\"timeout\":\"1s\""));
    s.c.state = case_config(&s.c, targets(&s, 9, str_to_cstr(listen, s.c.arena)));
    check_refused(&s.c, case_read(&s.c), "Host key differs from the pinned key");
    check_str(s.c.diags.items[0].path, ".targets[0].listen.host_key");
    ssh_case_close(&s);
}

static void test_validation(void **) {
    static const struct {
        const char *target, *summary;
    } cases[] = {
        {"{\"address\":\"10.0.0.1\",\"ports\":[\"22\",\"1-3/udp\"]}", NULL},
        {"{\"address\":\"fd00::1\",\"ports\":[]}", NULL},
        {"{\"address\":\"example.org\",\"ports\":[]}", "Invalid address"},
        {"{\"address\":\"\",\"ports\":[]}", "Invalid address"},
        {"{\"address\":\"::1\",\"ports\":[\"0\"]}", "Invalid ports"},
        {"{\"address\":\"::1\",\"ports\":[\"65536\"]}", "Invalid ports"},
        {"{\"address\":\"::1\",\"ports\":[\"3-2\"]}", "Invalid ports"},
        {"{\"address\":\"::1\",\"ports\":[\"22/\"]}", "Invalid ports"},
        {"{\"address\":\"::1\",\"ports\":[\"\"]}", "Invalid ports"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&data_ssh_port_check);
        Str json = str_format(c.arena, "{\"host\":\"10.0.0.2\",\"targets\":[%s]}", cases[i].target);
        bool done = case_validate(&c, str_to_cstr(json, c.arena));
        if (cases[i].summary)
            check_refused(&c, done, cases[i].summary);
        else
            check_done(&c, done);
        case_close(&c);
    }
}

UNIT_MAIN(test_data_ssh_port_check) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_states),
        cmocka_unit_test(test_failed_target),
        cmocka_unit_test(test_validation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
