/* ssh_file on real servers: written whole, drift seen, removed. */
#include "ssh_case.h"
#include "ssh_mute_port.h"

static const char *file_config(SshCase *s, const char *rest) {
    return ssh_config(s, ssh_text(s, rest, s->server.directory));
}

static mode_t mode_of(SshCase *s, const char *name) {
    struct stat now;
    assert_int_equal(stat(server_path(&s->server, name), &now), 0);
    return now.st_mode & 07777;
}

static void check_life(SshServerKind kind) {
    SshCase s = ssh_case_open(kind, &ssh_file);
    ResourceCase *c = &s.c;
    const char *json = file_config(&s, "\"path\":\"@/a b/it's\",\"content\":\"one\\n\"");
    check_done(c, case_validate(c, json));
    check_done(c, case_apply(c, json));
    check_str(server_read(&s.server, "a b/it's"), "one\n");
    assert_int_equal(mode_of(&s, "a b/it's"), 0644);
    check_done(c, case_read(c));
    assert_true(case_is_settled(c, json));

    json = file_config(&s, "\"path\":\"@/a b/it's\",\"content\":\"two\",\"mode\":\"0600\"");
    check_done(c, case_plan(c, json));
    assert_int_equal(c->plan.requires_replace.count, 0);
    check_done(c, case_apply(c, json));
    check_str(server_read(&s.server, "a b/it's"), "two");
    assert_int_equal(mode_of(&s, "a b/it's"), 0600);
    check_done(c, case_read(c));
    assert_true(case_is_settled(c, json));

    check_done(c, case_delete(c));
    assert_int_equal(access(server_path(&s.server, "a b/it's"), F_OK), -1);
    ssh_case_close(&s);
}

static void test_life_sshd(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    check_life(SERVER_SSHD);
}

static void test_life_dropbear(void **) {
    SKIP_WITHOUT(SERVER_DROPBEAR);
    check_life(SERVER_DROPBEAR);
}

static void test_drift(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_file);
    ResourceCase *c = &s.c;
    const char *json = file_config(&s, "\"path\":\"@/f\",\"sensitive_content\":\"mine\"");
    check_done(c, case_apply(c, json));
    server_write(&s.server, "f", STR("theirs"));
    check_done(c, case_read(c));
    check_str(case_text(c, "sensitive_content"), "theirs");
    check_str(case_text(c, "mode"), "0600");
    check_done(c, case_apply(c, json));
    check_str(server_read(&s.server, "f"), "mine");
    assert_int_equal(mode_of(&s, "f"), 0644);

    server_write(&s.server, "f", (Str){"\xff\0", 2}); /* not UTF-8 */
    check_done(c, case_read(c));
    assert_true(value_is_null(c->state));
    check_done(c, case_apply(c, json));
    assert_int_equal(unlink(server_path(&s.server, "f")), 0);
    check_done(c, case_read(c));
    assert_true(value_is_null(c->state));
    ssh_case_close(&s);
}

static void test_bytes_and_owner(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_file);
    ResourceCase *c = &s.c;
    const char *format = "\"path\":\"@/f\",\"content_base64\":\"/wAB\",\"owner\":\"";
    Str rest = str_format(c->arena, "%s%u:%u\"", format, geteuid(), getegid());
    const char *json = file_config(&s, str_to_cstr(rest, c->arena));
    check_done(c, case_apply(c, json));
    check_str_equal(server_read(&s.server, "f"), ((Str){"\xff\0\x01", 3}));
    check_done(c, case_read(c));
    assert_true(case_is_settled(c, json));
    if (geteuid() == 0) {
        assert_int_equal(chown(server_path(&s.server, "f"), 1, 1), 0);
        check_done(c, case_read(c));
        assert_false(case_is_settled(c, json));
        check_done(c, case_apply(c, json));
        check_done(c, case_read(c));
        assert_true(case_is_settled(c, json));
    }
    ssh_case_close(&s);
}

static void test_recover(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_file);
    ResourceCase *c = &s.c;
    RecoverOutcome outcome;
    const char *json = file_config(&s, "\"path\":\"@/f\",\"content\":\"whole\"");
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    server_write(&s.server, "f", STR("older"));
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    check_done(c, case_apply(c, json));
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_COMPLETE);
    assert_true(value_is_wholly_known(c->state));
    assert_true(case_is_settled(c, json));
    ssh_case_close(&s);
}

/* Write-only content is sent when its version or another argument changes; it is stored nowhere. */
static void test_write_only(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_file);
    ResourceCase *c = &s.c;
    RecoverOutcome outcome;
    const char *json =
        file_config(&s, "\"path\":\"@/f\",\"content_wo\":\"one\",\"content_wo_version\":1");
    check_done(c, case_validate(c, json));
    check_done(c, case_apply(c, json));
    check_str(server_read(&s.server, "f"), "one");
    assert_true(value_is_null(case_attribute(c, "content_wo")));
    assert_true(value_is_null(case_attribute(c, "sha256")));
    check_done(c, case_read(c));
    assert_true(case_is_settled(c, json));

    json = file_config(&s, "\"path\":\"@/f\",\"content_wo\":\"two\",\"content_wo_version\":1");
    assert_true(case_is_settled(c, json));
    json = file_config(&s, "\"path\":\"@/f\",\"content_wo\":\"two\",\"content_wo_version\":2");
    check_done(c, case_apply(c, json));
    check_str(server_read(&s.server, "f"), "two");
    check_done(c, case_read(c));
    assert_true(case_is_settled(c, json));

    json = file_config(&s, "\"path\":\"@/f\",\"content\":\"three\"");
    check_done(c, case_apply(c, json));
    check_str(server_read(&s.server, "f"), "three");
    json = file_config(&s, "\"path\":\"@/f\",\"content_wo\":\"four\",\"mode\":\"0600\"");
    check_done(c, case_apply(c, json));
    check_str(server_read(&s.server, "f"), "four");
    assert_int_equal(mode_of(&s, "f"), 0600);
    check_done(c, case_recover(c, json, &outcome));
    assert_int_equal(outcome, RECOVER_ABSENT);
    check_refused(c,
                  case_validate(c, file_config(&s, "\"path\":\"/f\",\"content_wo\":\"x\","
                                                   "\"content\":\"y\"")),
                  "Invalid combination of arguments");
    ssh_case_close(&s);
}

static void test_refusals(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_file);
    ResourceCase *c = &s.c;
    const char *json = file_config(&s, "\"path\":\"@\",\"content\":\"x\"");
    check_refused(c, case_apply(c, json), "File not written");
    assert_true(str_find(c->diags.items[0].detail, STR("the path is a directory"), 0) != SIZE_MAX);
    json = file_config(&s, "\"path\":\"@/f\",\"content\":\"x\",\"owner\":\"no-such-user\"");
    check_refused(c, case_apply(c, json), "File not written");
    assert_int_equal(access(server_path(&s.server, "f"), F_OK), -1);
    static const char *const invalid[] = {
        "\"path\":\"relative\",\"content\":\"x\"",
        "\"path\":\"/f\"",
        "\"path\":\"/f\",\"content\":\"x\",\"content_base64\":\"\"",
        "\"path\":\"/f\",\"content\":\"x\",\"mode\":\"rw\"",
        "\"path\":\"/f\",\"content\":\"x\",\"owner\":\"a b\"",
        "\"path\":\"/f\",\"content\":\"x\",\"timeout\":\"soon\"",
    };
    for (size_t i = 0; i < ARRAY_COUNT(invalid); i++) {
        assert_false(case_validate(c, file_config(&s, invalid[i])));
    }
    ssh_case_close(&s);
}

/* The files of an unreachable machine are assumed to be unchanged. */
static void test_read_without_the_machine(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_of(server_prepare(SERVER_SSHD), &ssh_file);
    ResourceCase *c = &s.c;
    c->state =
        case_config(c, file_config(&s, "\"path\":\"@/f\",\"content\":\"x\",\"timeout\":\"300ms\""));
    Value before = c->state;
    check_done(c, case_read(c));
    assert_true(value_equal(before, c->state));
    assert_int_equal(c->diags.count, 1);
    assert_int_equal(c->diags.items[0].severity, DIAG_WARNING);
    ssh_case_close(&s);
}

/* An upload is in doubt only if the content was sent; then the file shows whether it is complete.
 */
static void test_cut(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_file);
    ResourceCase *c = &s.c;
    StrBuf text = strbuf_new(c->arena);
    strbuf_add_cstr(&text, "\"path\":\"@/cut\",\"content\":\"");
    for (int i = 0; i < 8000; i++)
        strbuf_add_cstr(&text, "x");
    strbuf_add_cstr(&text, "\"");
    const char *rest = ssh_text(&s, str_to_cstr(strbuf_str(&text), c->arena), s.server.directory);
    size_t all;
    check_done(c, ssh_apply_cut(&s, rest, SIZE_MAX, "2s", &all));
    assert_false(c->in_doubt);
    assert_int_equal(unlink(server_path(&s.server, "cut")), 0);
    const struct {
        size_t limit;
        bool in_doubt;
    } cases[] = {{1, false}, {all / 2, true}, {all - 300, true}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        size_t passed;
        assert_false(ssh_apply_cut(&s, rest, cases[i].limit, "2s", &passed));
        assert_int_equal(c->in_doubt, cases[i].in_doubt);
        RecoverOutcome outcome;
        check_done(c, case_recover(c, ssh_config(&s, rest), &outcome));
        bool is_there = access(server_path(&s.server, "cut"), F_OK) == 0;
        assert_int_equal(outcome, is_there ? RECOVER_COMPLETE : RECOVER_ABSENT);
        assert_false(is_there && !c->in_doubt);
    }
    ssh_case_close(&s);
}

/* A refresh waits only for "plan_timeout", then assumes that the file is unchanged. */
static void test_refresh_does_not_wait(void **state) {
    (void)state;
    SKIP_WITHOUT(SERVER_SSHD);
    static const MutePortKind kinds[] = {MUTE_REFUSES, MUTE_SILENT, MUTE_DROPS};
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        SshCase s = ssh_case_of(server_prepare(SERVER_SSHD), &ssh_file);
        ResourceCase *c = &s.c;
        MutePort mute = mute_port_open(kinds[i]);
        SshTarget target = server_target(&s.server);
        target.port = mute.port;
        ssh_case_configure(&s, "{\"plan_timeout\":\"1s\"}");
        Value before =
            case_config(c, ssh_config_of(&s, &target, "\"path\":\"/f\",\"content\":\"x\""));
        c->state = before;
        c->call.is_planning = true;
        int64_t start_ms = call_monotonic_ms(case_call(c));
        check_done(c, case_read(c));
        assert_in_range(call_monotonic_ms(case_call(c)) - start_ms, 500, 60000);
        assert_true(value_equal(c->state, before));
        check_str(c->diags.items[0].summary, "File status unknown");
        mute_port_close(&mute);
        ssh_case_close(&s);
    }
}

UNIT_MAIN(test_ssh_file) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_life_sshd),
        cmocka_unit_test(test_life_dropbear),
        cmocka_unit_test(test_drift),
        cmocka_unit_test(test_bytes_and_owner),
        cmocka_unit_test(test_recover),
        cmocka_unit_test(test_write_only),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_read_without_the_machine),
        cmocka_unit_test(test_refresh_does_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
