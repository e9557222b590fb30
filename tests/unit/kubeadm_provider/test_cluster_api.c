/* cluster_api: endpoints; bootstrap_token: tokens. */
#include "bootstrap_token.h"
#include "kube_script.h"
#include "kubeadm_check.h"
#include "openssl_pem.h"

static void test_endpoints(void **) {
    static const struct {
        const char *text;
        const char *host; /* NULL: not valid */
        int port;
    } rows[] = {
        {"10.0.0.1:6443", "10.0.0.1", 6443},
        {"api.example:8443", "api.example", 8443},
        {"api.example", "api.example", 6443},
        {"[fd00::1]:6444", "fd00::1", 6444},
        {"[fd00::1]", "fd00::1", 6443},
        {"fd00::1", "fd00::1", 6443},
        {"api.example:65535", "api.example", 65535},
        {"api.example:1", "api.example", 1},
        {"api.example:0", NULL, 0},
        {"api.example:65536", NULL, 0},
        {"api.example:", NULL, 0},
        {"[fd00::1", NULL, 0},
        {":6443", NULL, 0},
        {"", NULL, 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str host;
        uint16_t port;
        bool is_valid = cluster_api_split(str_from_cstr(rows[i].text), &host, &port);
        assert_int_equal(is_valid, rows[i].host != NULL);
        if (!is_valid)
            continue;
        check_str(host, rows[i].host);
        assert_int_equal(port, rows[i].port);
    }
}

/* The public part is the same for each attempt, the secret is not. */
static void test_tokens(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    BootstrapToken a = bootstrap_token_make(STR("marker"), arena);
    BootstrapToken b = bootstrap_token_make(STR("marker"), arena);
    BootstrapToken c = bootstrap_token_make(STR("other"), arena);
    check_str(kubeadm_check_token(value_from_str(a.text), arena), "");
    assert_true(str_equal(a.id, b.id));
    assert_false(str_equal(a.text, b.text));
    assert_false(str_equal(a.id, c.id));
    assert_true(str_starts_with(a.text, a.id));
}

typedef struct ApiCase {
    KubeScript script;
    Call call;
    ClusterApi api;
    Diags diags;
} ApiCase;

static void open_case(ApiCase *c, const KubeScriptRow *rows, size_t count, Arena *arena) {
    kube_script_open(&c->script, rows, count, NULL, arena);
    c->call = (Call){.io = &c->script.io, .arena = arena};
    c->api = (ClusterApi){.client = c->script.client,
                          .call = {.client = c->script.client, .arena = arena}};
    c->diags = diags_new(arena);
}

static void close_case(ApiCase *c) {
    assert_int_equal(c->script.next, c->script.count);
    kube_client_close(c->script.client);
}

static PkiPair make_ca(Arena *arena) {
    PkiSet set;
    Str problem;
    assert_true(pki_set_make(STR("ECDSA-P256"), 0, INT64_C(4000000000), &set, &problem, arena));
    return set.ca;
}

/* A certificate of an administrator is valid for an hour, and is backdated. */
static void test_certificate(void **) {
    static const char *const groups[] = {NULL, "system:masters"};
    for (size_t i = 0; i < ARRAY_COUNT(groups); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ApiCase c;
        PkiPair ca = make_ca(arena), pair;
        int64_t start, end;
        open_case(&c, NULL, 0, arena);
        assert_true(cluster_api_sign(&c.call, groups[i], &ca, &pair, &c.diags));
        assert_true(pki_validity(pair.certificate, &start, &end));
        assert_int_equal(start, 1000 - 300);
        assert_int_equal(end, 1000 + 3600);
        SCOPED(CertificateRef)
        read = openssl_pem_read_certificate(pair.certificate, "s", "a", &c.diags);
        const X509_NAME *subject = X509_get_subject_name(read);
        assert_int_equal(X509_NAME_get_index_by_NID(subject, NID_organizationName, -1) >= 0, i);
        close_case(&c);
    }
}

/* The client trusts the authority alone, and names the server by the endpoint. */
static void test_open(void **) {
    static const struct {
        const char *endpoint, *server, *name;
    } rows[] = {
        {"api.example", "https://api.example:6443", "api.example"},
        {"10.0.0.1:8443", "https://10.0.0.1:8443", "10.0.0.1"},
        {"[fd00::1]:8443", "https://[fd00::1]:8443", "fd00::1"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    PkiPair ca = make_ca(arena);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ApiCase c;
        ClusterApi api;
        open_case(&c, NULL, 0, arena);
        assert_true(
            cluster_api_open(&c.call, NULL, str_from_cstr(rows[i].endpoint), &ca, &api, &c.diags));
        const KubeTarget *target = kube_client_target(api.client);
        check_str(target->server, rows[i].server);
        check_str(target->server_name, rows[i].name);
        check_str_equal(target->ca_certs, ca.certificate);
        assert_int_equal(api.call.cancel_at, CANCEL_NOW);
        cluster_api_release(&api);
        assert_null(api.client);
        close_case(&c);
    }
    static const struct {
        const char *endpoint;
        bool has_ca;
        const char *summary;
    } bad[] = {
        {"api.example:0", true, "Endpoint not valid"},
        {"api.example", false, "Certificate not created"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        ApiCase c;
        ClusterApi api;
        PkiPair none = {STR_CONST("x"), STR_CONST("x")};
        open_case(&c, NULL, 0, arena);
        assert_false(cluster_api_open(&c.call, NULL, str_from_cstr(bad[i].endpoint),
                                      bad[i].has_ca ? &ca : &none, &api, &c.diags));
        assert_int_equal(c.diags.error_count, 1);
        check_str(c.diags.items[0].summary, bad[i].summary);
        close_case(&c);
    }
}

/* One request without retries, of at most five seconds. */
static void test_ready(void **) {
    static const struct {
        KubeScriptRow row;
        bool is_ready;
    } cases[] = {
        {{.code = 200, .body = "ok"}, true},
        {{.code = 503, .body = "no"}, false},
        {{.code = 429, .body = "no"}, false},
        {{.transport = HTTP_NO_CONNECTION}, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ApiCase c;
        open_case(&c, &cases[i].row, 1, arena);
        assert_int_equal(cluster_api_is_ready(&c.api), cases[i].is_ready);
        check_str(c.script.requests.items[0], "GET /readyz");
        assert_int_equal(c.script.last.timeout_ms, 5000);
        close_case(&c);
    }
}

static void test_wait(void **) {
    static const struct {
        KubeScriptRow rows[2];
        size_t count;
        bool is_ready;
        const char *detail; /* the end of the error */
    } cases[] = {
        {{{.code = 200, .body = "ok"}}, 1, true, NULL},
        {{{.code = 503, .body = "no"}, {.code = 200, .body = "ok"}}, 2, true, NULL},
        {{{.transport = HTTP_NO_CLIENT}}, 1, false, "whether the cluster exists: a problem."},
        {{{.transport = HTTP_NO_CONNECTION, .takes_ms = 1000}, {.transport = HTTP_NO_CONNECTION}},
         2,
         false,
         "Last seen: a problem."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ApiCase c;
        open_case(&c, cases[i].rows, cases[i].count, arena);
        assert_int_equal(cluster_api_wait(&c.call, &c.api, 1000, &c.diags), cases[i].is_ready);
        assert_int_equal(c.diags.error_count, !cases[i].is_ready);
        if (cases[i].detail &&
            !str_ends_with(c.diags.items[0].detail, str_from_cstr(cases[i].detail)))
            fail_msg("%zu: %.*s", i, STR_ARG(c.diags.items[0].detail));
        close_case(&c);
    }
}

static void test_list(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 200, .body = "{\"items\":[{},{}]}"},
        {.code = 200, .body = "{}"},
        {.code = 200, .body = "?"},
        {.code = 403, .body = "{}"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ApiCase c;
    KubeResponse response;
    Value items;
    open_case(&c, rows, ARRAY_COUNT(rows), arena);
    assert_true(cluster_api_list(&c.api, STR("/x"), &items, &response, &c.diags));
    assert_int_equal(items.count, 2);
    assert_true(cluster_api_list(&c.api, STR("/x"), &items, &response, &c.diags));
    assert_int_equal(items.count, 0);
    assert_false(cluster_api_list(&c.api, STR("/x"), &items, &response, &c.diags));
    assert_false(cluster_api_list(&c.api, STR("/x"), &items, &response, &c.diags));
    assert_int_equal(response.code, 403);
    assert_int_equal(c.diags.error_count, 0);
    close_case(&c);
}

static bool never(void *, Value, Wait *wait) {
    wait->reason = STR("seen");
    return false;
}

/* A watch lasts ten seconds, the last one a second; a failure is the reason of the wait, unless
 * only the time was up. */
static void test_follow(void **) {
    static const struct {
        KubeScriptRow last;
        const char *reason;
    } cases[] = {
        {{.transport = HTTP_TIMED_OUT, .takes_ms = 1000}, "seen"},
        {{.transport = HTTP_BAD_CERTIFICATE}, "a problem"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const KubeScriptRow rows[] = {
            {.code = 200, .body = "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}"},
            {.code = 200, .body = "", .takes_ms = 15000},
            cases[i].last,
        };
        SCOPED(ArenaRef) arena = arena_open("test");
        ApiCase c;
        Wait wait;
        ClusterWait request = {.what = "x",
                               .ref = {.resource = &cluster_api_nodes, .name = STR("w1")},
                               .see = never,
                               .timeout_ms = 15000};
        open_case(&c, rows, ARRAY_COUNT(rows), arena);
        assert_int_equal(cluster_api_follow(&c.call, &c.api, &request, &wait), WAIT_TIMED_OUT);
        assert_true(str_find(c.script.requests.items[1], STR("&timeoutSeconds=10&"), 0) !=
                    SIZE_MAX);
        assert_int_equal(c.script.last.timeout_ms, 1000);
        check_str(wait.reason, cases[i].reason);
        close_case(&c);
    }
}

UNIT_MAIN(test_cluster_api) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoints),   cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_certificate), cmocka_unit_test(test_open),
        cmocka_unit_test(test_ready),       cmocka_unit_test(test_wait),
        cmocka_unit_test(test_list),        cmocka_unit_test(test_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
