/* data kubeadm_host: facts about this machine over a real SSH server. */
#include "fake_ssh.h"
#include "kubeadm_provider.h"
#include "ssh_case.h"

#include <sys/utsname.h>

static int64_t number(const ResourceCase *c, const char *name) {
    int64_t out = INT64_MIN;
    assert_true(value_to_int(case_attribute(c, name), &out));
    return out;
}

static void test_read(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &data_kubeadm_host);
    struct utsname names;
    assert_int_equal(uname(&names), 0);
    s.c.state = case_config(&s.c, ssh_config(&s, "\"ca_certificate\":\"PEM\""));
    check_done(&s.c, case_read(&s.c));
    check_str(case_text(&s.c, "kernel"), names.release);
    check_str(case_text(&s.c, "hostname"), names.nodename);
    assert_int_equal(number(&s.c, "processors"), sysconf(_SC_NPROCESSORS_ONLN));
    assert_in_range(number(&s.c, "clock_skew_ms") + 2000, 0, 4000);
    Value free_mib = case_attribute(&s.c, "free_mib"), place;
    assert_true(value_find(free_mib, STR("/var/lib"), &place));
    assert_true(value_is_wholly_known(s.c.state));
    ssh_case_close(&s);
}

/* An apply needs the machine. */
static void test_unreachable(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_prepare(SERVER_SSHD);
    SshCase s = ssh_case_of(server, &data_kubeadm_host);
    s.c.state = case_config(&s.c, ssh_config(&s, "\"timeout\":\"1s\""));
    assert_false(case_read(&s.c));
    assert_int_equal(s.c.diags.error_count, 1);
    ssh_case_close(&s);
}

/* The value as text; "" for null. */
static Str shown(const ResourceCase *c, const char *name) {
    Value value = case_attribute(c, name);
    return value_is_null(value) ? STR_EMPTY : value_display(value, 0, c->arena);
}

/* A fact that the output does not have is null, not a number that looks like a measurement. */
static void test_missing_facts(void **state) {
    (void)state;
    static const struct {
        const char *output, *processors, *memory_mib, *swap_mib, *cgroup_version;
    } rows[] = {
        {"", "", "", "", ""},
        {"processors 4\nmemory_kib 2048000\nswap_kib 0\ncgroup cgroup2fs\n", "4", "2000", "0", "2"},
        {"processors x\nmemory_kib 2048000\ncgroup tmpfs\n", "", "2000", "0", "1"},
        {"processors \nswap_kib 2048\ncgroup \n", "", "", "", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&data_kubeadm_host);
        Str output = str_format(c.arena, "facts 1\ntime 1\n%send\n", rows[i].output);
        FakeSsh fake = {.output = str_to_cstr(output, c.arena)};
        c.io.ssh = fake_ssh_open(&fake);
        c.state = case_config(&c, "{\"host\":\"h\",\"user\":\"u\",\"password\":\"p\","
                                  "\"host_key\":\"k\"}");
        check_done(&c, case_read(&c));
        check_str(shown(&c, "processors"), rows[i].processors);
        check_str(shown(&c, "memory_mib"), rows[i].memory_mib);
        check_str(shown(&c, "swap_mib"), rows[i].swap_mib);
        check_str(shown(&c, "cgroup_version"), rows[i].cgroup_version);
        case_close(&c);
    }
}

UNIT_MAIN(test_data_kubeadm_host) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_unreachable),
        cmocka_unit_test(test_missing_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
