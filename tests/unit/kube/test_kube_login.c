/* How often a plugin runs and a token file is read; tests/backend/kubernetes does it for real. */
#include "kube_case.h"

#include "kube_login.h"
#include "kube_script.h"
#include "thread.h"

#include <errno.h>
#include <stdatomic.h>

#define V1 "client.authentication.k8s.io/v1"

typedef struct PluginRun {
    _Atomic int times;
    int error;          /* of starting it */
    int64_t now_ms;     /* of the clock */
    int64_t lifetime_s; /* 0: no expiry */
    int callers;        /* that a run waits for */
    _Atomic int arrived;
} PluginRun;

static int run(void *self, const ProcessRequest *request, ProcessResult *out, Arena *arena) {
    PluginRun *plugin = self;
    int number = atomic_fetch_add(&plugin->times, 1) + 1;
    while (atomic_load(&plugin->arrived) < plugin->callers)
        clock_real.sleep_ms(NULL, 10, NULL);
    if (plugin->callers)
        clock_real.sleep_ms(NULL, 100, NULL); /* the last caller is on its way into the login */
    if (plugin->error)
        return plugin->error;
    Str expiry = STR_EMPTY;
    if (plugin->lifetime_s)
        expiry = str_format(
            arena, ",\"expirationTimestamp\":\"%.*s\"",
            STR_ARG(clock_format_rfc3339(plugin->now_ms + plugin->lifetime_s * 1000, arena)));
    Str text = str_format(arena,
                          "{\"kind\":\"ExecCredential\",\"apiVersion\":\"" V1
                          "\",\"status\":{\"token\":\"t%d\"%.*s}}",
                          number, STR_ARG(expiry));
    *out = (ProcessResult){0};
    request->output(request->payload, text, false);
    return 0;
}

static int64_t now(void *self) {
    return ((PluginRun *)self)->now_ms;
}

typedef struct LoginCase {
    Arena *arena;
    PluginRun plugin;
    Process process;
    Clock clock;
    Io io;
    KubeTarget target;
    KubeLogin *login;
} LoginCase;

static void open_case(LoginCase *test) {
    *test = (LoginCase){.arena = arena_open("test")};
    test->plugin.now_ms = 1800000000000;
    test->process = (Process){.self = &test->plugin, .run = run};
    test->clock = (Clock){.self = &test->plugin, .now_ms = now};
    test->io = (Io){.process = &test->process, .clock = &test->clock, .disk = &disk_real};
    test->target.exec = (KubeExec){.api_version = STR(V1), .command = STR("give")};
    test->login = kube_login_new(&test->io, &test->target);
}

static void close_case(LoginCase *test) {
    kube_login_close(test->login);
    arena_close(test->arena);
}

static KubeCredential must_get(LoginCase *test, uint64_t refused) {
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    if (!kube_login_get(test->login, refused, NULL, &got, &problem, test->arena))
        check_str(problem, "no problem");
    return got;
}

static Str must_fail(LoginCase *test, uint64_t refused) {
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    assert_false(kube_login_get(test->login, refused, NULL, &got, &problem, test->arena));
    return problem;
}

/* Without an expiry a plugin runs once, and again only after the server rejects its credential. */
static void refused_ones(void **) {
    static const uint64_t refused[] = {0, 0, 1, 1, 0, 2};
    static const int times[] = {1, 1, 2, 2, 2, 3};
    LoginCase test;
    open_case(&test);
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++) {
        KubeCredential got = must_get(&test, refused[i]);
        assert_int_equal(test.plugin.times, times[i]);
        assert_int_equal(got.number, times[i]);
        check_str_equal(got.token, str_format(test.arena, "t%d", times[i]));
        test.plugin.now_ms += 100000000;
    }
    close_case(&test);
}

/* The seconds after which the plugin runs again. */
static void expiring(void **) {
    static const struct {
        int64_t lifetime_s, last_s, first_s;
    } rows[] = {
        {900, 839, 840},
        {120, 59, 60},
        {60, 29, 30},
        {10, 4, 5},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        LoginCase test;
        open_case(&test);
        test.plugin.lifetime_s = rows[i].lifetime_s;
        int64_t began = test.plugin.now_ms;
        check_str(must_get(&test, 0).token, "t1");
        test.plugin.now_ms = began + rows[i].last_s * 1000;
        check_str(must_get(&test, 0).token, "t1");
        test.plugin.now_ms = began + rows[i].first_s * 1000;
        check_str(must_get(&test, 0).token, "t2");
        close_case(&test);
    }
}

/* A renewal that fails is no failure while the old credential lasts; afterwards it is. */
static void failed_renewal(void **) {
    LoginCase test;
    open_case(&test);
    test.plugin.lifetime_s = 900;
    int64_t began = test.plugin.now_ms;
    check_str(must_get(&test, 0).token, "t1");
    test.plugin.error = -EACCES;
    test.plugin.now_ms = began + 850000;
    check_str(must_get(&test, 0).token, "t1");
    check_str(must_fail(&test, 1),
              "the credential plugin \"give\" cannot be started: Permission denied");
    test.plugin.now_ms = began + 900000;
    check_str(must_fail(&test, 0),
              "the credential plugin \"give\" cannot be started: Permission denied");
    test.plugin.error = 0;
    test.plugin.now_ms += 10000;
    check_str(must_get(&test, 0).token, "t4");
    close_case(&test);
}

/* Two thousand requests whose credentials are refused do not run the plugin two thousand times. */
static void in_vain(void **) {
    LoginCase test;
    open_case(&test);
    KubeCredential got = must_get(&test, 0);
    for (int i = 0; i < 2000; i++)
        got = must_get(&test, got.number);
    assert_int_equal(test.plugin.times, 2);
    check_str(got.token, "t2");
    test.plugin.now_ms += 10000;
    check_str(must_get(&test, got.number).token, "t3");
    test.plugin.error = -EACCES;
    test.plugin.now_ms += 10000;
    for (int i = 0; i < 2000; i++)
        assert_true(must_fail(&test, 3).len > 0);
    assert_int_equal(test.plugin.times, 4);
    test.plugin.now_ms -= 100000000; /* the clock is set back */
    test.plugin.error = 0;
    check_str(must_get(&test, 3).token, "t5");
    close_case(&test);
}

static void ask_once(void *payload) {
    LoginCase *test = payload;
    SCOPED(ArenaRef) arena = arena_open("thread");
    KubeCredential got = {0};
    Str problem = STR_EMPTY;
    atomic_fetch_add(&test->plugin.arrived, 1);
    bool ok = kube_login_get(test->login, 0, NULL, &got, &problem, arena);
    CHECK(ok == (test->plugin.error == 0));
}

/* Requests at the same time share one run of the plugin, and its failure. */
static void at_once(void **) {
    for (int round = 0; round < 2; round++) {
        LoginCase test;
        Thread *threads[8];
        open_case(&test);
        test.plugin.callers = (int)ARRAY_COUNT(threads);
        test.plugin.error = round ? -EACCES : 0;
        for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
            threads[i] = thread_start(THREAD_ATTEMPT, ask_once, &test);
        for (size_t i = 0; i < ARRAY_COUNT(threads); i++)
            thread_join(threads[i]);
        if (round == 0)
            assert_int_equal(test.plugin.times, 1);
        assert_true(test.plugin.times < 4); /* a thread may be stopped on its way for long */
        close_case(&test);
    }
}

/* A configured certificate goes with the plugin's token; a token or a password needs no plugin. */
static void with_configured(void **) {
    LoginCase test;
    open_case(&test);
    test.target.certificate = STR("c");
    test.target.key = STR("k");
    KubeCredential got = must_get(&test, 0);
    check_str(got.token, "t1");
    check_str(got.certificate, "c");
    check_str(got.key, "k");
    assert_true(kube_login_can_renew(test.login));
    test.target.token = STR("own");
    assert_false(kube_login_can_renew(test.login));
    got = must_get(&test, 0);
    check_str(got.token, "own");
    assert_int_equal(got.number, 0);
    test.target.token = STR_EMPTY;
    test.target.user = STR("u");
    assert_false(kube_login_can_renew(test.login));
    check_str(must_get(&test, 0).token, "");
    assert_int_equal(test.plugin.times, 1);
    close_case(&test);
}

/* Only a rejected credential is obtained again, not that of any request that is repeated. */
static void repeated_requests(void **) {
    static const KubeScriptRow busy[] = {
        {503, "{}"}, {429, "{}"}, {502, "{}"}, {200, "{}"}, {401, "{}"}, {503, "{}"}, {200, "{}"},
    };
    LoginCase test;
    KubeScript script;
    KubeResponse response;
    KubeRequest request = {.method = "GET", .path = STR("/api"), .is_repeatable = true};
    open_case(&test);
    kube_script_open(&script, busy, ARRAY_COUNT(busy), NULL, test.arena);
    script.io.process = &test.process;
    script.target.token = STR_EMPTY;
    script.target.exec = test.target.exec;
    assert_int_equal(kube_client_send(script.client, &request, &response, test.arena), KUBE_DONE);
    assert_int_equal(test.plugin.times, 1);
    assert_int_equal(kube_client_send(script.client, &request, &response, test.arena), KUBE_DONE);
    assert_int_equal(test.plugin.times, 2);
    assert_int_equal(script.next, ARRAY_COUNT(busy));
    kube_client_close(script.client);
    close_case(&test);
}

static void token_file(void **) {
    KubeCase files;
    LoginCase test;
    kube_case_open(&files);
    open_case(&test);
    test.target = (KubeTarget){.token_file = kube_case_file(&files, "t", STR("one\n"))};
    assert_true(kube_login_can_renew(test.login));
    check_str(must_get(&test, 0).token, "one");
    kube_case_file(&files, "t", STR(" two\n"));
    test.plugin.now_ms += 59000;
    check_str(must_get(&test, 0).token, "one");
    KubeCredential got = must_get(&test, 1); /* after the server rejected it */
    check_str(got.token, "two");
    kube_case_file(&files, "t", STR("three"));
    test.plugin.now_ms += 60000;
    check_str(must_get(&test, 0).token, "three");
    /* A file that is being replaced: the last content counts. */
    kube_case_file(&files, "t", STR(""));
    test.plugin.now_ms += 60000;
    check_str(must_get(&test, 0).token, "three");
    close_case(&test);
    kube_case_close(&files);
}

static void bad_token_files(void **) {
    static const struct {
        const char *text, *problem;
    } rows[] = {
        {NULL, "cannot be read: No such file or directory"},
        {"", "is empty"},
        {"secret\ntwo", "does not hold a token, but several lines"},
        {"sec\x01ret", "does not hold a token, but several lines"},
    };
    KubeCase files;
    kube_case_open(&files);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        LoginCase test;
        open_case(&test);
        Str path = disk_join(files.directory, STR("t"), test.arena);
        if (rows[i].text)
            kube_case_file(&files, "t", str_from_cstr(rows[i].text));
        test.target = (KubeTarget){.token_file = path};
        check_str_equal(must_fail(&test, 0), str_format(test.arena, "the token file \"%.*s\" %s",
                                                        STR_ARG(path), rows[i].problem));
        test.target.token = STR("own");
        check_str(must_get(&test, 0).token, "own");
        close_case(&test);
    }
    kube_case_close(&files);
}

UNIT_MAIN(test_kube_login) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refused_ones),      cmocka_unit_test(expiring),
        cmocka_unit_test(failed_renewal),    cmocka_unit_test(in_vain),
        cmocka_unit_test(at_once),           cmocka_unit_test(with_configured),
        cmocka_unit_test(token_file),        cmocka_unit_test(bad_token_files),
        cmocka_unit_test(repeated_requests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
