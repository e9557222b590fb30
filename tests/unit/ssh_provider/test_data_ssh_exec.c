/* data ssh_exec: what a command says, whatever its status. */
#include "ssh_case.h"

static void test_read(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    static const struct {
        const char *command, *out, *err;
        int64_t exit_status;
    } cases[] = {
        {"echo a; echo b >&2; exit 4", "a\n", "b\n", 4},
        {"cat",                        "",    "",    0},
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

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_read)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
