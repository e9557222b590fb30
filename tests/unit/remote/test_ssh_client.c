/* ssh_client: waits for machines that boot, and reports each kind of failure. */
#include "ssh_case.h"

#include "thread.h"

typedef struct Progress {
    size_t count;
    bool names_reason;
} Progress;

static void note_progress(void *payload, uint64_t done, uint64_t total, const char *what) {
    (void)done;
    (void)total;
    Progress *progress = payload;
    progress->count++;
    if (strstr(what, "waiting for SSH on 127.0.0.1:") && strstr(what, "connection refused")) {
        progress->names_reason = true;
    }
}

static bool run_true(SshCase *s, const SshTarget *target, const char *timeout) {
    ResourceCase *c = &s->c;
    c->diags = diags_new(c->arena);
    const char *rest = ssh_text(s, "\"command\":\"true\",\"timeout\":\"@\"", timeout);
    SCOPED(SshLink) link = {0};
    Value object = case_config(c, ssh_config_of(s, target, rest));
    if (!ssh_client_link(case_call(c), object, &link, &c->diags))
        return false;
    SshCommand command = {.command = STR("true")};
    SshResult result;
    return ssh_client_run(&link, &command, &result, &c->diags);
}

static void test_waits_for_boot(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_of(server_prepare(SERVER_SSHD), &ssh_exec);
    SshTarget target = server_target(&s.server);
    Progress progress = {0};
    s.c.call.progress = note_progress;
    s.c.call.progress_payload = &progress;
    s.server.delay = "1";
    server_spawn(&s.server);
    bool done = run_true(&s, &target, "30s");
    check_done(&s.c, done);
    assert_true(progress.names_reason);
    ssh_case_close(&s);
}

static void test_words(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    SshTarget good = server_target(&s.server), target = good;

    target.host_key = s.server.other_public;
    check_refused(&s.c, run_true(&s, &target, "20s"), "Host key differs from the pinned key");
    Str detail = s.c.diags.items[0].detail;
    Str fingerprints[] = {libssh_key_text.fingerprint(s.server.other_public, s.c.arena),
                          libssh_key_text.fingerprint(s.server.host_key, s.c.arena)};
    assert_true(str_find(detail, fingerprints[0], 0) != SIZE_MAX);
    assert_true(str_find(detail, fingerprints[1], 0) != SIZE_MAX);

    target = good;
    target.private_key = s.server.other_key;
    check_refused(&s.c, run_true(&s, &target, "2s"), "Private key rejected");
    target = good;
    target.private_key = STR("");
    check_refused(&s.c, run_true(&s, &target, "2s"), "No private key");
    target = good;
    target.port = server_free_port();
    check_refused(&s.c, run_true(&s, &target, "500ms"), "SSH port closed");
    target = good;
    target.host = STR("no.such.host.invalid");
    check_refused(&s.c, run_true(&s, &target, "100ms"), "Unknown host name");
    ssh_case_close(&s);
}

static void test_cancel(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_of(server_prepare(SERVER_SSHD), &ssh_exec);
    SshTarget target = server_target(&s.server);
    CancelToken *cancel = cancel_open();
    s.c.call.cancel = cancel;
    cancel_raise(cancel, CANCEL_STOP);
    check_refused(&s.c, run_true(&s, &target, "5m"), "Interrupted");
    cancel_close(cancel);
    ssh_case_close(&s);
}

/* A pooled session whose server process has ended is replaced without a message. */
static void test_stale_session(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    SshTarget target = server_target(&s.server);
    ResourceCase *c = &s.c;
    for (int round = 0; round < 2; round++) {
        SCOPED(SshLink) link = {0};
        Value object = case_config(c, ssh_config_of(&s, &target, "\"command\":\"true\""));
        assert_true(ssh_client_link(case_call(c), object, &link, &c->diags));
        SshCommand command = {.command =
                                  STR("(sleep 0.2; kill $PPID) >/dev/null 2>&1 </dev/null &")};
        SshResult result;
        check_done(c, ssh_client_run(&link, &command, &result, &c->diags));
        usleep(600000);
    }
    ssh_case_close(&s);
}

typedef struct Worker {
    SshCase *s;
    const char *json;
    size_t good;
} Worker;

/* Like a worker of the engine: its own memory and diagnostics, a shared client. */
static void work(void *payload) {
    Worker *worker = payload;
    for (int round = 0; round < 5; round++) {
        ResourceCase c = case_open(&ssh_exec);
        c.call.client = worker->s->client;
        SCOPED(SshLink) link = {0};
        SshCommand command = {.command = STR("cat"), .input = STR("hello")};
        SshResult result = {0};
        Value object = case_config(&c, worker->json);
        if (ssh_client_link(case_call(&c), object, &link, &c.diags) &&
            ssh_client_run(&link, &command, &result, &c.diags)) {
            worker->good += str_equal_cstr(result.out, "hello");
        }
        ssh_client_release(&link);
        case_close(&c);
    }
}

static void test_side_by_side(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    const char *json = ssh_config(&s, "\"command\":\"true\"");
    Worker workers[6];
    Thread *threads[ARRAY_COUNT(workers)];
    for (size_t i = 0; i < ARRAY_COUNT(workers); i++) {
        workers[i] = (Worker){.s = &s, .json = json};
        threads[i] = thread_start(THREAD_WALK_WORKER, work, &workers[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(workers); i++) {
        thread_join(threads[i]);
        assert_int_equal(workers[i].good, 5);
    }
    ssh_case_close(&s);
}

/* Links of one machine share the tunnel to an address; it outlives them. */
static void test_tunnel(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    ResourceCase *c = &s.c;
    uint16_t ports[2] = {0, 0};
    for (size_t i = 0; i < ARRAY_COUNT(ports); i++) {
        SCOPED(SshLink) link = {0};
        Value object = case_config(c, ssh_config(&s, "\"command\":\"true\""));
        assert_true(ssh_client_link(case_call(c), object, &link, &c->diags));
        check_done(c,
                   ssh_client_tunnel(&link, STR("127.0.0.1"), s.server.port, &ports[i], &c->diags));
    }
    assert_int_equal(ports[0], ports[1]);
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons(ports[0])};
    char buffer[64];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    ssize_t got = read(fd, buffer, sizeof buffer);
    assert_true(got > 8 && memcmp(buffer, "SSH-2.0-", 8) == 0);
    close(fd);
    ssh_case_close(&s);
}

static void test_script_and_output_tail(void **) {
    Arena *arena = arena_open("test");
    const Str arguments[] = {STR("a b"), STR("it's")};
    check_str(ssh_client_script("echo \"$1\"", arguments, 2, arena),
              "sh -c 'echo \"$1\"' loam 'a b' 'it'\\''s'");
    check_str(ssh_client_output_tail(STR(" \n"), STR(""), arena), "It wrote no output.");
    check_str(ssh_client_output_tail(STR(""), STR("out\n"), arena), "Its last output: out");
    StrBuf buf = strbuf_new(arena);
    for (int i = 0; i < 1000; i++)
        strbuf_add_format(&buf, "line %d\n", i);
    Str words = ssh_client_output_tail(strbuf_str(&buf), STR(""), arena);
    assert_true(words.len < 4200);
    assert_true(str_ends_with(words, STR("line 999")));
    arena_close(arena);
}

/* Returns the output that a call for this user would get. */
static Str kept(SshCase *s, const SshTarget *target, bool is_planning) {
    ResourceCase *c = &s->c;
    SCOPED(SshLink) link = {0};
    SshOutput output = {0};
    c->call.is_planning = is_planning;
    Value object = case_config(c, ssh_config_of(s, target, "\"command\":\"true\""));
    assert_true(ssh_client_link(case_call(c), object, &link, &c->diags));
    assert_false(ssh_client_recall(&link, "others", 60000, &output));
    ssh_client_end_reading(&link);
    assert_false(ssh_client_recall(&link, "facts", -1, &output));
    ssh_client_end_reading(&link);
    return ssh_client_recall(&link, "facts", 60000, &output) ? output.text : STR_EMPTY;
}

/* Reads an output; a command that changes the machine may run meanwhile. */
static void keep(SshCase *s, const SshTarget *target, const char *text, bool is_changed) {
    ResourceCase *c = &s->c;
    SCOPED(SshLink) link = {0};
    SshOutput output;
    c->call.is_planning = true;
    Value object = case_config(c, ssh_config_of(s, target, "\"command\":\"true\""));
    assert_true(ssh_client_link(case_call(c), object, &link, &c->diags));
    assert_false(ssh_client_recall(&link, "facts", -1, &output));
    if (is_changed)
        ssh_client_discard_kept(&link);
    ssh_client_keep(&link, "facts", str_from_cstr(text));
}

static void test_outputs_of_a_plan(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshCase s = ssh_case_open(SERVER_SSHD, &ssh_exec);
    SshTarget target = server_target(&s.server), other = target;
    other.host = STR("localhost");
    check_str(kept(&s, &target, true), "");
    keep(&s, &target, "one", false);
    check_str(kept(&s, &target, true), "one");
    check_str(kept(&s, &other, true), "");
    check_str(kept(&s, &target, false), "");
    assert_true(run_true(&s, &target, "20s")); /* as kept(…, false) left it: outside of a plan */
    check_str(kept(&s, &target, true), "");
    keep(&s, &target, "two", false);
    assert_true(run_true(&s, &target, "20s")); /* within the plan */
    check_str(kept(&s, &target, true), "two");
    keep(&s, &target, "three", true);
    check_str(kept(&s, &target, true), "");
    ssh_case_close(&s);
}

UNIT_MAIN(test_ssh_client) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits_for_boot), cmocka_unit_test(test_words),
        cmocka_unit_test(test_cancel),         cmocka_unit_test(test_stale_session),
        cmocka_unit_test(test_side_by_side),   cmocka_unit_test(test_script_and_output_tail),
        cmocka_unit_test(test_tunnel),         cmocka_unit_test(test_outputs_of_a_plan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
