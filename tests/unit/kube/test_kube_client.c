/* Retries, deadlines and cancellation; tests/kube/objects has a real server. */
#include "kube_script.h"

#include <unistd.h>

#define TIMEOUT "{\"kind\":\"Status\",\"reason\":\"ServerTimeout\",\"code\":500}"
#define WEBHOOK                                                                                    \
    "{\"kind\":\"Status\",\"reason\":\"InternalError\",\"message\":\"failed calling webhook "      \
    "\\\"x\\\"\"}"
#define TYPED "{\"kind\":\"Status\",\"message\":\"failed to create typed patch object\"}"
#define TOO_MANY                                                                                   \
    "{\"kind\":\"Status\",\"reason\":\"TooManyRequests\",\"details\":{\"retryAfterSeconds\":7}}"
#define OBJECT "{\"kind\":\"ConfigMap\"}"
#define STORM                                                                                      \
    {429}, {429}, {429}, {429}, {429}, {429}, {429}, {                                             \
        429                                                                                        \
    }

typedef struct Row {
    const char *method;
    bool is_repeatable;
    bool waits_for_webhook;
    KubeScriptRow rows[9];
    size_t attempts;
    KubeOutcome outcome;
    int64_t least_ms; /* of all waits */
    int64_t most_ms;
} Row;

static const Row rows[] = {
    {"GET", false, false, {{200, OBJECT}}, 1, KUBE_DONE, 0, 0},
    {"POST", false, false, {{503}, {504}, {429}, {200, OBJECT}}, 4, KUBE_DONE, 2600, 4400},
    {"POST", false, false, {{503, .retry_after = "9"}, {200, OBJECT}}, 2, KUBE_DONE, 9000, 9000},
    {"POST", false, false, {{429, TOO_MANY}, {200, OBJECT}}, 2, KUBE_DONE, 7000, 7000},
    {"POST",
     false,
     false,
     {{503, .retry_after = "Thu, 01 Jan 1970 00:16:52 GMT"}, {200, OBJECT}},
     2,
     KUBE_DONE,
     12000,
     12000},
    {"POST", false, false, {{500, TIMEOUT}, {200, OBJECT}}, 2, KUBE_DONE, 375, 625},
    {"PATCH", true, false, {{500, WEBHOOK}}, 1, KUBE_FAILED, 0, 0},
    {"PATCH", true, true, {{500, WEBHOOK}, {200, OBJECT}}, 2, KUBE_DONE, 375, 625},
    {"PATCH", true, true, {{500, TYPED}}, 1, KUBE_FAILED, 0, 0},
    {"PATCH",
     true,
     false,
     {{500, "proxy"}, {502, "proxy"}, {200, OBJECT}},
     3,
     KUBE_DONE,
     1100,
     1900},
    {"POST", false, false, {{500, "proxy"}}, 1, KUBE_FAILED, 0, 0},
    {"PATCH", true, false, {{.transport = HTTP_LOST}, {200, OBJECT}}, 2, KUBE_DONE, 375, 625},
    {"GET", false, false, {{.transport = HTTP_TIMED_OUT}, {200, OBJECT}}, 2, KUBE_DONE, 375, 625},
    {"POST", false, false, {{.transport = HTTP_LOST}}, 1, KUBE_FAILED, 0, 0},
    {"GET", false, false, {{.transport = HTTP_BAD_CERTIFICATE}}, 1, KUBE_FAILED, 0, 0},
    {"POST",
     false,
     false,
     {{.transport = HTTP_NO_CONNECTION}, {200, OBJECT}},
     2,
     KUBE_DONE,
     375,
     625},
    {"GET", false, false, {{404, "404 page not found\n"}}, 1, KUBE_FAILED, 0, 0},
    {"GET", false, false, {{404, "{\"kind\":\"Status\"}"}}, 1, KUBE_ABSENT, 0, 0},
    {"GET", false, false, {{409, "{\"kind\":\"Status\"}"}}, 1, KUBE_CONFLICT, 0, 0},
    /* A storm ends at the deadline: the waits grow to 15 s and no further. */
    {"GET", false, false, {STORM}, 7, KUBE_FAILED, 25000, 60000},
};

static void retries(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        KubeScript script;
        KubeResponse response;
        KubeRequest request = {
            .method = rows[i].method,
            .path = STR("/api"),
            .is_repeatable = rows[i].is_repeatable,
            .waits_for_webhook = rows[i].waits_for_webhook,
        };
        kube_script_open(&script, rows[i].rows, ARRAY_COUNT(rows[i].rows), NULL, arena);
        KubeOutcome outcome = kube_client_send(script.client, &request, &response, arena);
        int64_t waited = kube_script_waited(&script);
        bool fits = outcome == rows[i].outcome && response.attempts == script.next &&
                    waited >= rows[i].least_ms && waited <= rows[i].most_ms;
        bool is_storm = rows[i].attempts == 7;
        if (!fits || (!is_storm && script.next != rows[i].attempts))
            fail_msg("row %zu: outcome %d, %zu attempts, waited %lld ms: %.*s", i, outcome,
                     script.next, (long long)waited, STR_ARG(response.problem));
        assert_true((outcome == KUBE_DONE) == (response.problem.len == 0));
        kube_client_close(script.client);
    }
}

/* A wait that the deadline does not allow is not begun. */
static void deadlines(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const KubeScriptRow busy[] = {{503, .retry_after = "3600"}};
    KubeScript script;
    KubeResponse response;
    KubeRequest request = {.method = "GET", .path = STR("/api")};
    kube_script_open(&script, busy, 1, NULL, arena);
    request.deadline_ms = script.now_ms + 5000;
    assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_FAILED);
    check_str(response.problem,
              "HTTP status 503; the server asks to wait 1h0m0s, longer than allowed");
    assert_int_equal(script.waits.count, 0);
    assert_int_equal(script.last.timeout_ms, 5000);
    kube_client_close(script.client);

    static const KubeScriptRow slow[] = {
        {503, .takes_ms = 3000},
        {200, OBJECT, .takes_ms = 1000},
    };
    kube_script_open(&script, slow, 2, NULL, arena);
    request.deadline_ms = script.now_ms + 5000;
    assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_DONE);
    assert_in_range(script.last.timeout_ms, 1375, 1625);
    kube_client_close(script.client);
}

/* An unreachable server is tried for a short time only, however long the deadline is. */
static void connects(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeScriptRow refused[20] = {0};
    KubeScript script;
    KubeResponse response;
    KubeRequest request = {.method = "GET", .path = STR("/api")};
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++)
        refused[i].transport = HTTP_NO_CONNECTION;
    kube_script_open(&script, refused, ARRAY_COUNT(refused), NULL, arena);
    request.deadline_ms = script.now_ms + 3600000;
    assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_FAILED);
    assert_in_range(kube_script_waited(&script), 1000, 5000);
    assert_int_equal(response.code, 0);
    check_str(response.problem, "a problem");
    kube_client_close(script.client);
}

static void cancels(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const KubeScriptRow busy[] = {{503}, {503}};
    KubeScript script;
    KubeResponse response;
    CancelToken *token = cancel_open();
    KubeRequest request = {.method = "GET", .path = STR("/api"), .cancel = token};
    kube_script_open(&script, busy, 2, NULL, arena);
    script.cancel_in_sleep = token;
    assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_FAILED);
    assert_int_equal(response.transport, HTTP_CANCELLED);
    assert_int_equal(script.next, 1);
    assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_FAILED);
    assert_int_equal(script.next, 1);
    kube_client_close(script.client);
    cancel_close(token);
}

/* The limit of requests per second holds for a sequence, after a burst. */
static void limits(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeScriptRow done[40];
    KubeScript script;
    KubeResponse response;
    KubeRequest request = {.method = "GET", .path = STR("/api")};
    KubeClientOptions options = {.rate = 10, .burst = 5};
    for (size_t i = 0; i < ARRAY_COUNT(done); i++)
        done[i] = (KubeScriptRow){200, OBJECT};
    kube_script_open(&script, done, ARRAY_COUNT(done), &options, arena);
    for (size_t i = 0; i < 25; i++)
        assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_DONE);
    assert_int_equal(kube_script_waited(&script), 2000);
    script.now_ms += 60000;
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_DONE);
    assert_int_equal(kube_script_waited(&script), 2000);
    kube_client_close(script.client);
}

/* Without a rate, no request waits. */
static void has_no_limit(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeScriptRow done[300];
    KubeScript script;
    KubeResponse response;
    KubeRequest request = {.method = "GET", .path = STR("/api")};
    KubeClientOptions options = {.burst = 1};
    for (size_t i = 0; i < ARRAY_COUNT(done); i++)
        done[i] = (KubeScriptRow){200, OBJECT};
    kube_script_open(&script, done, ARRAY_COUNT(done), &options, arena);
    for (size_t i = 0; i < ARRAY_COUNT(done); i++)
        assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_DONE);
    assert_int_equal(kube_script_waited(&script), 0);
    kube_client_close(script.client);
}

/* A token that has expired is read again, once: the file may have a newer one. */
static void renews(void **) {
    static const KubeScriptRow rejected[] = {{401}, {200, OBJECT}, {401}, {401}};
    SCOPED(ArenaRef) arena = arena_open("test");
    KubeScript script;
    KubeResponse response;
    KubeRequest request = {.method = "POST", .path = STR("/api"), .body = STR("{}")};
    char path[] = "/tmp/loam-token-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "one\n", 4), 4);
    kube_script_open(&script, rejected, ARRAY_COUNT(rejected), NULL, arena);
    script.target.token = STR_EMPTY;
    script.target.token_file = str_from_cstr(path);
    assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_DONE);
    assert_int_equal(script.next, 2);
    assert_int_equal(pwrite(fd, "two", 3, 0), 3);
    assert_int_equal(kube_client_send(script.client, &request, &response, arena), KUBE_FAILED);
    check_str(kube_script_token(&script.last), "Bearer two");
    assert_int_equal(response.code, 401);
    assert_int_equal(script.next, 4);
    kube_client_close(script.client);
    close(fd);
    unlink(path);
}

UNIT_MAIN(test_kube_client) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retries),      cmocka_unit_test(deadlines), cmocka_unit_test(connects),
        cmocka_unit_test(cancels),      cmocka_unit_test(renews),    cmocka_unit_test(limits),
        cmocka_unit_test(has_no_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
