/* ssh_exec on real servers: the script runs once, and later runs find its result. */
#include "object_builder.h"
#include "ssh_case.h"
#include "ssh_mute_port.h"

static void check_lines(SshCase *s, const char *name, const char *wanted) {
    check_str(server_read(&s->server, name), wanted);
}

/* A script that appends a line to a file in the server's directory, and then runs `rest`. */
static const char *script(SshCase *s, const char *rest) {
    const char *format = "\"script\":\"echo ran >>@/ran\\n";
    Str text = str_format(s->c.arena, "%s%s\"", format, rest);
    return ssh_config(s, ssh_text(s, str_to_cstr(text, s->c.arena), s->server.directory));
}

static void check_run_on(SshCase s) {
    ResourceCase *c = &s.c;
    const char *json = script(&s, "echo out; echo err >&2; printf '\\u001b[31mred' >&2");
    check_done(c, case_validate(c, json));
    check_done(c, case_apply(c, json));
    check_str(case_text(c, "stdout"), "out\n");
    assert_true(str_starts_with(case_text(c, "stderr"), STR("err\n")));
    assert_true(str_find_char(case_text(c, "stderr"), '\033', 0) == SIZE_MAX);
    int64_t status = -1;
    assert_true(value_to_int(case_attribute(c, "exit_status"), &status));
    assert_int_equal(status, 0);
    assert_true(case_is_settled(c, json));
    check_lines(&s, "ran", "ran\n");
    /* Starting the same marker again runs nothing and returns the same result. */
    c->state = value_null(c->state.type);
    check_done(c, case_apply(c, json));
    check_str(case_text(c, "stdout"), "out\n");
    check_lines(&s, "ran", "ran\n");
    check_done(c, case_delete(c));
    ssh_case_close(&s);
}

static void test_run_sshd(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    check_run_on(ssh_case_open(SERVER_SSHD, &ssh_exec));
}

static void test_run_dropbear(void **) {
    SKIP_WITHOUT(SERVER_DROPBEAR);
    check_run_on(ssh_case_open(SERVER_DROPBEAR, &ssh_exec));
}

/* The server may have nothing but busybox. */
static void test_run_busybox(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    if (access("/bin/busybox", X_OK) != 0) {
        print_message("skipped: busybox is not installed\n");
        skip();
    }
    SshServer server = server_prepare(SERVER_SSHD);
    assert_int_equal(mkdir(server_path(&server, "bin"), 0755), 0);
    const char *const argv[] = {"/bin/busybox", "--install", "-s", server_path(&server, "bin"),
                                NULL};
    (void)server_run(&server, argv);
    server.path = server_path(&server, "bin");
    server_start(&server);
    SshCase s = ssh_case_of(server, &ssh_exec);
    check_done(&s.c, case_apply(&s.c, ssh_config(&s, "\"command\":\"readlink /proc/$$/exe\"")));
    assert_true(str_find(case_text(&s.c, "stdout"), STR("busybox"), 0) != SIZE_MAX);
    check_done(&s.c, case_delete(&s.c));
    check_run_on(s);
}

static void test_interpreter_and_input(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    static const struct {
        const char *rest, *out;
    } cases[] = {
        {"\"script\":\"#!/bin/bash\\na=(1 2 3); echo ${#a[@]}\"", "3\n"},
        {"\"command\":\"cat; echo no input\"", "no input\n"},
        {"\"command\":\"echo \\\"it's $((1+1))\\\"\"", "it's 2\n"},
        {"\"command\":\"pwd\"", NULL},
        {"\"script\":\"\"", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
        check_done(&s.c, case_apply(&s.c, ssh_config(&s, cases[i].rest)));
        if (cases[i].out)
            check_str(case_text(&s.c, "stdout"), cases[i].out);
        check_done(&s.c, case_delete(&s.c));
        ssh_case_close(&s);
    }
}

static void test_failure_keeps_the_object(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    const char *json = script(&s, "echo why not >&2; exit 7");
    check_refused(c, case_apply(c, json), "The script failed");
    Str detail = c->diags.items[0].detail;
    assert_true(str_find(detail, STR("status 7"), 0) != SIZE_MAX);
    assert_true(str_find(detail, STR("why not"), 0) != SIZE_MAX);
    assert_false(value_is_null(c->state));
    assert_true(value_is_wholly_known(c->state));
    RecoverOutcome outcome;
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_TAINTED);
    check_done(c, case_delete(c));
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    ssh_case_close(&s);
}

/* The run that started the script is gone; the script continues; a later run adopts its result. */
static void test_recover_waits_for_a_running_script(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    const char *json = script(&s, "sleep 6; echo done");
    const Clock *clock = c->io.clock;
    c->call.deadline_ms = clock->monotonic_ms(clock->self) + 3000;
    check_refused(c, case_apply(c, json), "The script failed");
    assert_true(value_is_null(case_attribute(c, "exit_status")));
    ssh_case_configure(&s, "{}");
    c->call.deadline_ms = 0;
    RecoverOutcome outcome;
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    check_str(case_text(c, "stdout"), "done\n");
    check_lines(&s, "ran", "ran\n");
    assert_true(case_is_settled(c, json));
    check_done(c, case_delete(c));
    ssh_case_close(&s);
}

/* The doubt remains, and the plan does not wait for the machine to boot. */
static void test_recover_without_the_machine(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    static const MutePortKind kinds[] = {MUTE_REFUSES, MUTE_SILENT, MUTE_DROPS};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        SshCase s = ssh_case_of(server_prepare(SERVER_SSHD), &ssh_exec);
        MutePort mute = mute_port_open(kinds[i]);
        SshTarget target = server_target(&s.server);
        target.port = mute.port;
        ssh_case_configure(&s, "{\"plan_timeout\":\"1s\"}");
        s.c.call.is_planning = true;
        int64_t start_ms = call_monotonic_ms(case_call(&s.c));
        RecoverOutcome outcome;
        assert_false(case_recover(&s.c, ssh_config_of(&s, &target, "\"command\":\"x\""), &outcome));
        check_str(s.c.diags.items[s.c.diags.count - 1].summary, "Unknown whether the script ran");
        assert_in_range(call_monotonic_ms(case_call(&s.c)) - start_ms, 0, 60000);
        mute_port_close(&mute);
        ssh_case_close(&s);
    }
}

/* A clock that jumps almost ten minutes ahead after one check. */
static int64_t ten_minutes_later(void *self) {
    int *looks = self;
    int64_t skipped = (*looks)++ > 0 ? 10 * 60 * 1000 - 3000 : 0;
    return clock_real.monotonic_ms(clock_real.self) + skipped;
}

/* The wait for a script that does not end has a limit. */
static void test_recover_has_a_limit(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    const char *json = script(&s, "sleep 60");
    c->call.deadline_ms = clock_real.monotonic_ms(clock_real.self) + 3000;
    check_refused(c, case_apply(c, json), "The script failed");
    c->call.deadline_ms = 0;
    Value left = c->state;
    int looks = 0;
    Clock hasty = clock_real;
    hasty.self = &looks;
    hasty.monotonic_ms = ten_minutes_later;
    c->io.clock = &hasty;
    RecoverOutcome outcome;
    check_refused(c, case_recover(c, json, &outcome), "Unknown whether the script ran");
    c->io.clock = &clock_real;
    c->state = left;
    check_done(c, case_delete(c));
    ssh_case_close(&s);
}

/* A script killed by a shutdown: it started, and its effects are unknown. */
static void test_recover_of_a_killed_script(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    const char *json = script(&s, "kill -KILL $PPID; exit 0");
    check_refused(c, case_apply(c, json), "The script failed");
    RecoverOutcome outcome;
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_TAINTED);
    check_done(c, case_delete(c));
    ssh_case_close(&s);
}

/* The session breaks while the script runs: the script is unaffected, and the next session follows
 * it. */
static void test_broken_session(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    const char *kill_sessions =
        "sleep 1; for p in /proc/[0-9]*; do read -r x <$p/comm || continue; "
        "[ $x = sshd ] || continue; grep -q @ /proc/${p#/proc/}/cmdline && continue; "
        "q=${p#/proc/}; while [ $q -gt 1 ]; do q=$(awk '/^PPid/{print $2}' /proc/$q/status); "
        "grep -q @ /proc/$q/cmdline && kill ${p#/proc/} && break; done; done 2>/dev/null; echo on";
    const char *json = script(&s, ssh_text(&s, kill_sessions, s.server.directory));
    check_done(c, case_apply(c, json));
    check_str(case_text(c, "stdout"), "on\n");
    check_lines(&s, "ran", "ran\n");
    size_t logins = 0;
    Str log = server_read(&s.server, "log"), word = STR("Accepted publickey");
    for (size_t at = 0; (at = str_find(log, word, at)) != SIZE_MAX; at += word.len)
        logins++;
    assert_int_equal(logins, 2);
    check_done(c, case_delete(c));
    ssh_case_close(&s);
}

static size_t count_lines(SshCase *s, const char *name) {
    const char *path = server_path(&s->server, name);
    Str text = access(path, F_OK) == 0 ? server_read(&s->server, name) : STR_EMPTY;
    size_t lines = 0;
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

/* The object exists while its marker is on the machine. */
static void test_read(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    const char *json = script(&s, "true");
    check_done(c, case_apply(c, json));
    check_str_equal(case_text(c, "ran_as"), s.server.user);
    Value object = c->state;
    check_done(c, case_read(c));
    assert_true(value_equal(c->state, object));
    /* A rebuilt machine has no markers at all; otherwise only this one is lost. */
    static const char *const places[] = {"state", "state/exec/*"};
    for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
        Str remove = str_format(c->arena, "rm -r %s", server_path(&s.server, places[i]));
        const char *const argv[] = {"sh", "-c", str_to_cstr(remove, c->arena), NULL};
        (void)server_run(&s.server, argv);
        /* The marker of another user cannot be read. */
        ObjectBuilder builder = object_builder_of(object, c->arena);
        object_builder_set(&builder, "ran_as", value_from_cstr("another-user"));
        c->state = object_builder_value(&builder);
        check_done(c, case_read(c));
        assert_true(value_is_present(c->state));
        c->state = object;
        check_done(c, case_read(c));
        assert_true(value_is_null(c->state));
        assert_int_equal(c->diags.count, 0);
        check_done(c, case_apply(c, json));
        assert_int_equal(count_lines(&s, "ran"), i + 2);
    }
    check_done(c, case_delete(c));
    ssh_case_close(&s);
}

/* The plan continues: it may be about to start the machine. Another machine at its address is an
 * error. */
static void test_read_without_the_machine(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    check_done(c, case_apply(c, ssh_config(&s, "\"command\":\"true\"")));
    Value object = c->state;
    static const struct {
        const char *attribute, *value, *words;
        bool is_refused;
    } cases[] = {
        {"host", "no.such.host.invalid", "Unknown host name", false},
        {"host_key", NULL, "Host key differs from the pinned key", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ObjectBuilder builder = object_builder_of(object, c->arena);
        Str value = cases[i].value ? str_from_cstr(cases[i].value) : s.server.other_public;
        object_builder_set_text(&builder, cases[i].attribute, value, c->arena);
        /* A server of a busy computer needs time to show its key. */
        Str timeout = cases[i].is_refused ? STR("60s") : STR("300ms");
        object_builder_set_text(&builder, "timeout", timeout, c->arena);
        c->state = object_builder_value(&builder);
        if (cases[i].is_refused) {
            check_refused(c, case_read(c), cases[i].words);
            continue;
        }
        check_done(c, case_read(c));
        assert_true(value_is_present(c->state));
        assert_int_equal(c->diags.count, 1);
        assert_int_equal(c->diags.items[0].severity, DIAG_WARNING);
        check_str(c->diags.items[0].summary, "Script status unknown");
        assert_true(str_find(c->diags.items[0].detail, str_from_cstr(cases[i].words), 0) !=
                    SIZE_MAX);
    }
    c->state = object;
    check_done(c, case_delete(c));
    ssh_case_close(&s);
}

static void test_changes(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    static const struct {
        const char *rest;
        bool replaces;
    } cases[] = {
        {"\"command\":\"echo 2\"", true},
        {"\"command\":\"echo 1\",\"triggers\":{\"a\":\"b\"}", true},
        {"\"command\":\"echo 1\",\"timeout\":\"30s\"", false},
        {"\"command\":\"echo 1\",\"destroy_command\":\"true\"", false},
    };
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    check_done(c, case_apply(c, ssh_config(&s, "\"command\":\"echo 1\"")));
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *json = ssh_config(&s, cases[i].rest);
        check_done(c, case_plan(c, json));
        assert_int_equal(c->plan.requires_replace.count > 0, cases[i].replaces);
        if (cases[i].replaces)
            continue;
        check_done(c, case_apply(c, json));
        assert_true(case_is_settled(c, json));
    }
    check_done(c, case_delete(c));
    ssh_case_close(&s);
}

static void test_destroy_command(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    const char *rest =
        "\"command\":\"true\",\"destroy_command\":\"[ -e @/ok ] && echo gone >>@/ran\"";
    check_done(c, case_apply(c, ssh_config(&s, ssh_text(&s, rest, s.server.directory))));
    check_refused(c, case_delete(c), "The destroy command failed");
    server_write(&s.server, "ok", STR(""));
    Value object = c->state;
    check_done(c, case_delete(c));
    check_lines(&s, "ran", "gone\n");
    /* After a run that was killed before it could report, the destroy command does not run again.
     */
    c->state = object;
    check_done(c, case_delete(c));
    check_lines(&s, "ran", "gone\n");
    /* Killed between the removals of the two markers: the object is still there to be destroyed. */
    Str left = str_format(c->arena, "state/exec/%.*s-destroy",
                          STR_ARG(value_text(value_attribute(object, STR("id")))));
    assert_int_equal(mkdir(server_path(&s.server, str_to_cstr(left, c->arena)), 0700), 0);
    c->state = object;
    check_done(c, case_read(c));
    assert_true(value_is_present(c->state));
    check_done(c, case_delete(c));
    c->state = object;
    check_done(c, case_read(c));
    assert_true(value_is_null(c->state));
    check_lines(&s, "ran", "gone\n");
    /* No file is left on the machine. */
    const char *const argv[] = {"find", server_path(&s.server, "state"), "-type", "f", NULL};
    check_str(server_run(&s.server, argv), "");
    ssh_case_close(&s);
}

/* Without a destroy command the object can be deleted although the machine is gone. */
static void test_delete_without_the_machine(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    check_done(c, case_apply(c, ssh_config(&s, "\"command\":\"true\",\"timeout\":\"10s\"")));
    server_stop(&s.server);
    ssh_case_configure(&s, "{}");
    check_done(&s.c, case_delete(&s.c));
    ssh_case_close(&s);
}

#define WHERE                                                                                      \
    "{\"host\":\"h\",\"host_key\":"                                                                \
    "\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\""

/* The script continues, and the state records the object: the next run finds its result. */
static void test_time_is_up(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    const char *json = ssh_config(&s, "\"command\":\"sleep 8\",\"timeouts\":{\"create\":\"3s\"}");
    assert_false(case_apply(c, json));
    assert_int_equal(c->diags.count, 2);
    check_str(c->diags.items[0].summary, "The script failed");
    check_str(c->diags.items[1].summary, "Operation timed out");
    assert_true(value_is_present(c->state));
    assert_true(value_is_null(case_attribute(c, "exit_status")));
    check_done(c, case_delete(c));
    ssh_case_close(&s);
}

static void note_live(void *payload, uint64_t done, uint64_t total, const char *what) {
    (void)done, (void)total;
    *(bool *)payload |= strstr(what, "the script runs on 127.0.0.1:") && strstr(what, ": step two");
}

/* While a script runs, the progress shows its last line of output, without control characters. */
static void test_live_output(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    bool is_shown = false;
    s.c.call.progress = note_live;
    s.c.call.progress_payload = &is_shown;
    const char *json = ssh_config(
        &s, "\"command\":\"echo step one; printf 'step \\\\033[1mtwo\\\\n'; sleep 2.5\"");
    check_done(&s.c, case_apply(&s.c, json));
    assert_true(is_shown);
    check_done(&s.c, case_delete(&s.c));
    ssh_case_close(&s);
}

static void test_validate(void **) {
    ResourceCase c = case_open(&ssh_exec);
    static const struct {
        const char *json, *words;
    } cases[] = {
        {WHERE ",\"script\":\"a\",\"command\":\"b\"}", "Invalid combination of arguments"},
        {WHERE "}", "Invalid combination of arguments"},
        {"{\"host_ca\":\"\\n\"}", "at least one public key"},
        {"{\"certificate\":\"ssh-ed25519 x\"}", "must be an OpenSSH certificate"},
        {"{\"bastion\":[{\"host\":\"a b\"}]}", "not a valid address or host name"},
        {"{\"environment\":{\"a-b\":\"c\"}}", "not a name of an environment"},
        {"{\"host\":\"a b\"}", "not a valid address or host name"},
        {"{\"host_key\":\"ssh-ed25519 x\"}", "The value must be a public key"},
        {"{\"private_key\":\"x\"}", "because the value is sensitive"},
        {"{\"port\":0}", "A port must be an integer"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_false(case_validate(&c, cases[i].json));
        bool said = false;
        vec_each(&c.diags, diag) {
            Str words = str_from_cstr(cases[i].words);
            said = said || str_find(diag->summary, words, 0) != SIZE_MAX ||
                   str_find(diag->detail, words, 0) != SIZE_MAX ||
                   str_find(diag->path, words, 0) != SIZE_MAX;
        }
        if (!said)
            print_error("not said: %s\n", cases[i].words);
        assert_true(said);
    }
    case_close(&c);
}

UNIT_MAIN(test_ssh_exec) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run_sshd),
        cmocka_unit_test(test_run_dropbear),
        cmocka_unit_test(test_run_busybox),
        cmocka_unit_test(test_interpreter_and_input),
        cmocka_unit_test(test_failure_keeps_the_object),
        cmocka_unit_test(test_recover_waits_for_a_running_script),
        cmocka_unit_test(test_recover_has_a_limit),
        cmocka_unit_test(test_recover_without_the_machine),
        cmocka_unit_test(test_recover_of_a_killed_script),
        cmocka_unit_test(test_broken_session),
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_read_without_the_machine),
        cmocka_unit_test(test_changes),
        cmocka_unit_test(test_destroy_command),
        cmocka_unit_test(test_delete_without_the_machine),
        cmocka_unit_test(test_time_is_up),
        cmocka_unit_test(test_validate),
        cmocka_unit_test(test_live_output),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
