/* How a wait ends: at once, by the time, a failure of the object, a rejected request, the user. The
 * tests of kube/waiting have the same with a real server. */
#include "kube_script.h"

#include "provider.h"
#include "wait_follow.h"
#include "wait_ready.h"

#define POD(version, state)                                                                        \
    "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"a\",\"namespace\":\"n\","    \
    "\"uid\":\"u\",\"resourceVersion\":\"" version "\"},\"status\":{\"phase\":\"Running\","        \
    "\"conditions\":[{\"type\":\"Ready\",\"status\":" state "}]"
#define WAITING(version, reason)                                                                   \
    POD(version, "\"False\"")                                                                      \
    ",\"containerStatuses\":[{\"name\":\"app\",\"state\":{\"waiting\":{\"reason\":\"" reason       \
    "\"}}}]}}"
#define STUCK(version)    WAITING(version, "ImagePullBackOff")
#define STARTING(version) WAITING(version, "ContainerCreating")
#define READY(version)    POD(version, "\"True\"") "}}"
#define LIST(object)      "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[" object "]}"
#define EVENT(object)     "{\"type\":\"MODIFIED\",\"object\":" object "}\n"
#define SENDS(text, ms)                                                                            \
    { .code = 200, .body = (text), .takes_ms = (ms) }
#define FORBIDS                                                                                    \
    { .code = 403, .body = "{\"kind\":\"Status\",\"code\":403,\"message\":\"no\"}" }

static const KubeResource pods = KUBE_CORE_RESOURCE("Pod", "pods");

typedef struct Case {
    Arena *arena;
    KubeScript script;
    Call call;
    Diags diags;
    Value object;
    StrBuf progress; /* the lines */
    CancelToken *token;
    bool cancels; /* at the first line */
} Case;

static void see_progress(void *payload, uint64_t done, uint64_t total, const char *what) {
    Case *test = payload;
    (void)done, (void)total;
    strbuf_add_format(&test->progress, "%s\n", what);
    if (test->cancels)
        cancel_raise(test->token, CANCEL_STOP);
}

static void open_case(Case *test, const KubeScriptRow *rows, size_t count) {
    *test = (Case){.arena = arena_open("test"), .object = value_null(&TYPE_DYNAMIC)};
    kube_script_open(&test->script, rows, count, NULL, test->arena);
    test->diags = diags_new(test->arena);
    test->progress = strbuf_new(test->arena);
    test->token = cancel_open();
    test->call = (Call){
        .io = &test->script.io,
        .arena = test->arena,
        .cancel = test->token,
        .progress = see_progress,
        .progress_payload = test,
    };
}

static void close_case(Case *test) {
    kube_client_close(test->script.client);
    cancel_close(test->token);
    arena_close(test->arena);
}

static bool run(Case *test) {
    WaitObject wait = {
        .call = &test->call,
        .client = test->script.client,
        .ref = {.resource = &pods, .namespace = STR("n"), .name = STR("a")},
    };
    return wait_ready(&wait, &test->object, &test->diags);
}

static Str only_error(const Case *test) {
    assert_int_equal(test->diags.count, 1);
    return test->diags.items[0].detail;
}

static void parse(Case *test, const char *text) {
    const char *error;
    size_t offset;
    assert_true(json_parse_any(str_from_cstr(text), &test->object, &error, &offset, test->arena));
}

static void at_once(void **) {
    Case test;
    open_case(&test, NULL, 0);
    parse(&test, READY("1"));
    assert_true(run(&test));
    assert_int_equal(test.script.requests.count, 0);
    check_str(strbuf_str(&test.progress), "");
    close_case(&test);
}

/* Ten minutes without a deadline; a part of the report that cannot be read is left out. */
static void time_is_over(void **) {
    Case test;
    KubeScriptRow rows[12];
    rows[0] = (KubeScriptRow)SENDS(LIST(STARTING("1")), 0);
    for (size_t i = 1; i <= 10; i++)
        rows[i] = (KubeScriptRow)SENDS(NULL, 60000);
    rows[11] = (KubeScriptRow)FORBIDS;
    open_case(&test, rows, ARRAY_COUNT(rows));
    assert_false(run(&test));
    assert_int_equal(test.script.next, ARRAY_COUNT(rows));
    check_str(test.diags.items[0].summary, "Kubernetes object not ready");
    check_str(only_error(&test),
              "Pod \"a\" in namespace \"n\" was not ready after 10m0s: ContainerCreating.\n"
              "Conditions:\n  Ready False\n"
              "Pods that are not ready:\n  a: ContainerCreating, container \"app\"\n"
              "Correct the object, allow more time in \"timeouts\", or set \"wait_for_ready\" to "
              "false.");
    check_str(strbuf_str(&test.progress),
              "waiting for Pod \"a\" in namespace \"n\": ContainerCreating\n");
    close_case(&test);
}

/* The deadline of the call is earlier. */
static void deadline(void **) {
    Case test;
    static const KubeScriptRow rows[] = {
        SENDS(LIST(STARTING("1")), 0),
        SENDS(NULL, 20000),
        FORBIDS,
    };
    open_case(&test, rows, ARRAY_COUNT(rows));
    test.call.deadline_ms = test.script.now_ms + 20000;
    assert_false(run(&test));
    assert_int_equal(str_find(only_error(&test), STR("was not ready after 20s"), 0) != SIZE_MAX, 1);
    close_case(&test);
}

/* The deadline has passed before the wait begins: the object is read once. */
static void late(void **) {
    Case test;
    static const KubeScriptRow is_ready[] = {SENDS(READY("2"), 0)};
    static const KubeScriptRow is_not_ready[] = {SENDS(STARTING("2"), 0), FORBIDS};
    open_case(&test, is_ready, ARRAY_COUNT(is_ready));
    parse(&test, STARTING("1"));
    test.call.deadline_ms = test.script.now_ms;
    assert_true(run(&test));
    assert_int_equal(test.script.next, ARRAY_COUNT(is_ready));
    close_case(&test);
    open_case(&test, is_not_ready, ARRAY_COUNT(is_not_ready));
    parse(&test, STARTING("1"));
    test.call.deadline_ms = test.script.now_ms;
    assert_false(run(&test));
    assert_true(str_find(only_error(&test), STR("was not ready after 0s"), 0) != SIZE_MAX);
    close_case(&test);
}

/* The grace time begins when the object is stuck first, and counts while it tries again. */
static void grace(void **) {
    Case test;
    static const KubeScriptRow again[] = {
        SENDS(LIST(STUCK("1")), 0),
        SENDS(LIST(STUCK("1")), 0),
        SENDS(EVENT(STARTING("2")), 30000),
        SENDS(EVENT(STUCK("3")), 30000),
        FORBIDS,
    };
    static const KubeScriptRow recovers[] = {
        SENDS(LIST(STARTING("0")), 0),
        SENDS(EVENT(STUCK("1")), 60000), /* becomes stuck during the watch */
        SENDS(LIST(STUCK("1")), 0),
        SENDS(EVENT(STARTING("2")), 50000),
        SENDS(NULL, 10000),
        SENDS(LIST(STARTING("2")), 0),
        SENDS(NULL, 60000),
        SENDS(EVENT(READY("4")), 60000),
    };
    open_case(&test, again, ARRAY_COUNT(again));
    assert_false(run(&test));
    assert_int_equal(test.script.next, ARRAY_COUNT(again));
    assert_true(str_starts_with(only_error(&test),
                                STR("Pod \"a\" in namespace \"n\" is stuck: it was not ready after "
                                    "1m0s: ImagePullBackOff.\n")));
    close_case(&test);
    open_case(&test, recovers, ARRAY_COUNT(recovers));
    assert_true(run(&test));
    check_str(kube_object_text(test.object, "metadata", "resourceVersion"), "4");
    assert_int_equal(test.diags.count, 0);
    close_case(&test);
}

static void rejected(void **) {
    Case test;
    static const KubeScriptRow rows[] = {
        {.transport = HTTP_BAD_CERTIFICATE},
    };
    open_case(&test, rows, ARRAY_COUNT(rows));
    assert_false(run(&test));
    assert_true(str_find(only_error(&test), STR("a problem"), 0) != SIZE_MAX);
    assert_true(value_is_null(test.object));
    close_case(&test);
}

/* An API server that cannot be reached for longer than the client tries. */
static void unreachable(void **) {
    Case test;
    KubeScriptRow rows[16];
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        rows[i] = (KubeScriptRow){.transport = HTTP_NO_CONNECTION};
    rows[ARRAY_COUNT(rows) - 1] = (KubeScriptRow)SENDS(LIST(READY("1")), 0);
    open_case(&test, rows, ARRAY_COUNT(rows));
    assert_true(run(&test));
    assert_int_equal(test.diags.count, 0);
    assert_true(kube_script_waited(&test.script) > 10000);
    close_case(&test);
}

static void cancelled(void **) {
    Case test;
    static const KubeScriptRow rows[] = {
        SENDS(LIST(STARTING("1")), 0),
        SENDS(NULL, 0),
    };
    open_case(&test, rows, ARRAY_COUNT(rows));
    test.cancels = true;
    assert_false(run(&test));
    check_str(test.diags.items[0].summary, "Interrupted");
    check_str(only_error(&test), "Pod \"a\" in namespace \"n\" was not ready yet when the wait was "
                                 "interrupted after 0s: ContainerCreating.");
    close_case(&test);
}

UNIT_MAIN(test_wait_follow) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_once),   cmocka_unit_test(time_is_over), cmocka_unit_test(deadline),
        cmocka_unit_test(grace),     cmocka_unit_test(rejected),     cmocka_unit_test(unreachable),
        cmocka_unit_test(cancelled), cmocka_unit_test(late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
