/* ssh_exec over a connection that breaks: wherever it is cut, the script runs exactly once. Each
 * cut waits for the connection timeout and for the recovery on the machine, so the cuts run in
 * parallel processes. */
#include "ssh_case.h"

#define CUTS         10
#define CUT_TIMEOUT  "4s" /* also limits the first connection, while all processes connect */
#define HOPELESS_CUT CUTS /* the machine stays away after this one */

typedef enum CutEnd {
    CUT_END_DONE = 1, /* not 0, so that only a process that reaches its end returns one of these */
    CUT_END_SURE,     /* failed, and the script has certainly not run */
    CUT_END_NEVER_RAN,
    CUT_END_RAN,
    CUT_END_KINDS,
} CutEnd;

/* The script has several packets, so that a cut can be within it. Each cut counts in a file of its
 * own. */
static const char *long_script(SshCase *s, size_t cut) {
    StrBuf text = strbuf_new(s->c.arena);
    Str count = str_format(s->c.arena, "\"script\":\"echo ran >>@/ran-%zu\\n", cut);
    strbuf_add(&text, count);
    for (int i = 0; i < 4000; i++)
        strbuf_add_cstr(&text, "#");
    strbuf_add_cstr(&text, "\"");
    return ssh_text(s, str_to_cstr(strbuf_str(&text), s->c.arena), s->server.directory);
}

static size_t count_runs(SshCase *s, size_t cut) {
    const char *name = str_to_cstr(str_format(s->c.arena, "ran-%zu", cut), s->c.arena);
    if (access(server_path(&s->server, name), F_OK) != 0)
        return 0;
    return server_read(&s->server, name).len / strlen("ran\n");
}

/* Cuts the connection after `limit` bytes. The script has run exactly once after the next run. */
static CutEnd check_cut(SshCase *s, size_t cut, size_t limit) {
    ResourceCase *c = &s->c;
    const char *rest = long_script(s, cut), *json = ssh_config(s, rest);
    size_t passed;
    CutEnd end = CUT_END_DONE;
    bool done = ssh_apply_cut(s, rest, limit, CUT_TIMEOUT, &passed);
    assert_false(done && c->in_doubt);
    if (!done && c->in_doubt) {
        RecoverOutcome outcome;
        check_done(c, case_recover(c, json, &outcome));
        bool ran = count_runs(s, cut) > 0;
        assert_int_equal(outcome, ran ? RECOVER_COMPLETE : RECOVER_ABSENT);
        end = ran ? CUT_END_RAN : CUT_END_NEVER_RAN;
    } else if (!done) {
        assert_int_equal(count_runs(s, cut), 0);
        end = CUT_END_SURE;
    }
    if (value_is_null(c->state))
        check_done(c, case_apply(c, json));
    assert_int_equal(count_runs(s, cut), 1);
    check_done(c, case_delete(c));
    return end;
}

/* Without the machine the doubt cannot be resolved. */
static CutEnd check_hopeless_cut(SshCase *s, size_t limit) {
    size_t passed;
    const char *rest = long_script(s, HOPELESS_CUT);
    assert_false(ssh_apply_cut(s, rest, limit, CUT_TIMEOUT, &passed));
    assert_true(s->c.in_doubt);
    SshTarget closed = server_target(&s->server);
    closed.port = server_free_port();
    Str hasty = str_format(s->c.arena, "\"timeout\":\"300ms\",%s", rest);
    const char *json = ssh_config_of(s, &closed, str_to_cstr(hasty, s->c.arena));
    RecoverOutcome outcome;
    check_refused(&s->c, case_recover(&s->c, json, &outcome), "SSH port closed");
    check_str(s->c.diags.items[1].summary, "Unknown whether the script ran");
    return CUT_END_DONE;
}

/* The first cuts are in the login and in the script; the last ones are near the end, when the
 * script has started. The packet after its last byte has at least 30 bytes. */
static size_t limit_of(size_t cut, size_t all) {
    return cut < CUTS / 2 ? all * cut / CUTS + 1 : all - 25 * (CUTS - cut);
}

/* A failed check must end the process, and not continue with the tests of the parent. The parent
 * itself makes no connection: a thread of it could hold a lock of OpenSSL, which its children would
 * wait for without end. */
static pid_t start_child(void) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        (void)setenv("CMOCKA_TEST_ABORT", "1", 1);
    return child;
}

static int status_of(pid_t child) {
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static pid_t start_cut(const SshServer *server, size_t cut, size_t all) {
    pid_t child = start_child();
    if (child != 0)
        return child;
    SshCase s = ssh_case_of(*server, &ssh_exec);
    s.c.call.generation += cut + 1;
    CutEnd end = cut == HOPELESS_CUT ? check_hopeless_cut(&s, all - 100)
                                     : check_cut(&s, cut, limit_of(cut, all));
    _exit((int)end);
}

/* Returns the number of bytes of a whole run. */
static size_t measure(const SshServer *server) {
    size_t all = 0;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = start_child();
    if (child == 0) {
        SshCase s = ssh_case_of(*server, &ssh_exec);
        check_done(&s.c, ssh_apply_cut(&s, long_script(&s, 0), SIZE_MAX, CUT_TIMEOUT, &all));
        assert_int_equal(unlink(server_path(&s.server, "ran-0")), 0);
        _exit(write(ends[1], &all, sizeof all) != sizeof all);
    }
    assert_int_equal(status_of(child), 0);
    assert_int_equal(read(ends[0], &all, sizeof all), sizeof all);
    close(ends[0]);
    close(ends[1]);
    return all;
}

static void test_cut_at_each_stage(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    size_t all = measure(&s.server);
    pid_t children[CUTS + 1];
    for (size_t i = 0; i < ARRAY_COUNT(children); i++)
        children[i] = start_cut(&s.server, i, all);
    size_t counts[CUT_END_KINDS] = {0};
    for (size_t i = 0; i < ARRAY_COUNT(children); i++) {
        int end = status_of(children[i]);
        assert_in_range(end, CUT_END_DONE, CUT_END_KINDS - 1);
        counts[end]++;
    }
    assert_true(counts[CUT_END_SURE] >= 2 && counts[CUT_END_NEVER_RAN] >= 1 &&
                counts[CUT_END_RAN] >= 1);
    ssh_case_close(&s);
}

UNIT_MAIN(test_ssh_exec_cut) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_at_each_stage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
