/* object_rewrite: the requests for a page, and the responses of servers; encryption_reload: the
 * metrics of a server. */
#include "encrypted_resource.h"
#include "encryption_reload.h"
#include "kube_script.h"
#include "object_rewrite.h"

typedef struct RewriteCase {
    KubeScript script;
    Call call;
    ClusterApi api;
    Diags diags;
} RewriteCase;

static void open_case(RewriteCase *c, const KubeScriptRow *rows, size_t count, Arena *arena) {
    kube_script_open(&c->script, rows, count, NULL, arena);
    c->call = (Call){.io = &c->script.io, .arena = arena};
    c->api = (ClusterApi){.client = c->script.client,
                          .call = {.client = c->script.client, .arena = arena}};
    c->diags = diags_new(arena);
}

static void close_case(RewriteCase *c) {
    assert_int_equal(c->script.next, c->script.count);
    kube_client_close(c->script.client);
}

static Str requests_of(const RewriteCase *c, Arena *arena) {
    return str_join(c->script.requests.items, c->script.requests.count, STR("\n"), arena);
}

#define ITEM(name, version)                                                                        \
    "{\"metadata\":{\"name\":\"" name "\",\"namespace\":\"n\",\"resourceVersion\":\"" version "\"" \
    "}}"
#define STATUS(code) "{\"kind\":\"Status\",\"code\":" #code ",\"reason\":\"x\"}"

/* A deleted object, and one that another client has changed, are done. */
static void test_page(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 200,
         .body = "{\"items\":[" ITEM("a", "5") "," ITEM("b", "6") "," ITEM(
             "c", "7") "],\"metadata\":{\"continue\":\"t&1\",\"remainingItemCount\":4}}"},
        {.code = 200, .body = "{}"},
        {.code = 409, .body = STATUS(409)},
        {.code = 404, .body = STATUS(404)},
        {.code = 200, .body = "{\"items\":[],\"metadata\":{}}"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    RewriteCase c;
    ObjectRewrite place = {.written = 10};
    open_case(&c, rows, ARRAY_COUNT(rows), arena);
    assert_true(object_rewrite_page(&c.call, &c.api, &cluster_api_secrets, &place, &c.diags));
    check_str(place.next, "t&1");
    assert_int_equal(place.written, 13);
    assert_false(place.is_end);
    check_str(c.script.bodies.items[1], "{\"metadata\":{\"resourceVersion\":\"5\"}}");
    /* At most 50 a second. */
    assert_int_equal(kube_script_waited(&c.script), 60);
    assert_true(object_rewrite_page(&c.call, &c.api, &cluster_api_secrets, &place, &c.diags));
    assert_true(place.is_end);
    check_str(requests_of(&c, arena), "GET /api/v1/secrets?limit=500\n"
                                      "PATCH /api/v1/namespaces/n/secrets/a?fieldManager=loam\n"
                                      "PATCH /api/v1/namespaces/n/secrets/b?fieldManager=loam\n"
                                      "PATCH /api/v1/namespaces/n/secrets/c?fieldManager=loam\n"
                                      "GET /api/v1/secrets?limit=500&continue=t%261");
    close_case(&c);
}

/* A token that is too old has a successor; without one, the list begins anew. */
static void test_expired(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 410,
         .body = "{\"kind\":\"Status\",\"code\":410,\"metadata\":{\"continue\":\"u\"}}"},
        {.code = 200, .body = "{\"items\":[],\"metadata\":{}}"},
        {.code = 410, .body = "{\"kind\":\"Status\",\"code\":410}"},
        {.code = 200, .body = "{\"items\":[],\"metadata\":{}}"},
        {.code = 403, .body = STATUS(403)},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    RewriteCase c;
    open_case(&c, rows, ARRAY_COUNT(rows), arena);
    for (int i = 0; i < 3; i++) {
        ObjectRewrite place = {.next = STR("t")};
        bool is_good = object_rewrite_page(&c.call, &c.api, &cluster_api_secrets, &place, &c.diags);
        assert_int_equal(is_good, i < 2);
    }
    check_str(c.script.requests.items[1], "GET /api/v1/secrets?limit=500&continue=u");
    check_str(c.script.requests.items[3], "GET /api/v1/secrets?limit=500");
    assert_int_equal(c.diags.count, 1);
    close_case(&c);
}

/* An object that the server rejects is an error that names it. */
static void test_rejected(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 200, .body = "{\"items\":[" ITEM("a", "5") "],\"metadata\":{}}"},
        {.code = 422, .body = STATUS(422)},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    RewriteCase c;
    ObjectRewrite place = {0};
    open_case(&c, rows, ARRAY_COUNT(rows), arena);
    assert_false(object_rewrite_page(&c.call, &c.api, &cluster_api_secrets, &place, &c.diags));
    assert_true(str_find(c.diags.items[0].detail, STR("\"a\" in namespace \"n\""), 0) != SIZE_MAX);
    assert_int_equal(place.written, 0);
    close_case(&c);
}

static void test_count(void **) {
    static const struct {
        KubeScriptRow row;
        int64_t count;
    } cases[] = {
        {{.code = 200, .body = "{\"items\":[{}],\"metadata\":{\"remainingItemCount\":41}}"}, 42},
        {{.code = 200, .body = "{\"items\":[{}],\"metadata\":{}}"}, 1},
        {{.code = 200, .body = "{\"items\":[],\"metadata\":{}}"}, 0},
        {{.code = 503, .body = ""}, -1},
        {{.code = 200, .body = "no"}, -1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        RewriteCase c;
        open_case(&c, &cases[i].row, 1, arena);
        assert_int_equal(object_rewrite_count(&c.api, &cluster_api_secrets), cases[i].count);
        check_str(c.script.requests.items[0], "GET /api/v1/secrets?limit=1");
        close_case(&c);
    }
}

/* Only a custom resource needs a request. */
static void test_resource(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 200, .body = "{\"preferredVersion\":{\"version\":\"v1beta1\"}}"},
        {.code = 404, .body = "no"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    RewriteCase c;
    KubeResource found;
    open_case(&c, rows, ARRAY_COUNT(rows), arena);
    assert_true(encrypted_resource_find(&c.api.call, STR("configmaps"), &found, &c.diags));
    check_str(found.kind, "ConfigMap");
    assert_true(encrypted_resource_find(&c.api.call, STR("widgets.example.com"), &found, &c.diags));
    check_str(kube_resource_path(&(KubeRef){.resource = &found}, arena),
              "/apis/example.com/v1beta1/widgets");
    assert_false(
        encrypted_resource_find(&c.api.call, STR("widgets.example.com"), &found, &c.diags));
    check_str(c.diags.items[0].summary, "Resource not found");
    close_case(&c);
}

#define METRIC                                                                                     \
    "apiserver_encryption_config_controller_automatic_reload_last_timestamp_seconds{apiserver_id_" \
    "hash=\"sha256:x\",status="

static void test_metrics(void **) {
    static const struct {
        const char *text;
        const char *reason; /* beginning; empty: loaded */
    } rows[] = {
        {"", "it has not loaded"},
        {"process_start_time_seconds 99.5\n", "it has not loaded"},
        {"process_start_time_seconds 1.002e+02\n", ""},
        {METRIC "\"success\"} 1.005e+02\n", ""},
        {METRIC "\"success\"} 100.4\n", "it has not loaded"},
        {METRIC "\"success\"} 90\n" METRIC "\"failure\"} 101\n", "it rejects"},
        {METRIC "\"success\"} 102\n" METRIC "\"failure\"} 101\n", ""},
        {"# TYPE " METRIC "\"success\"} 200\n", "it has not loaded"},
        {METRIC "\"success\"} x\n", "it has not loaded"},
        {METRIC "\"success\"} 200", "it has not loaded"}, /* the response broke off */
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        RewriteCase c;
        double changed = i == 4 ? 100.5 : 100;
        const KubeScriptRow row = {.code = 200, .body = rows[i].text};
        open_case(&c, &row, 1, arena);
        Str reason = encryption_reload_look(&c.api, changed);
        assert_int_equal(reason.len == 0, !*rows[i].reason);
        assert_true(str_starts_with(reason, str_from_cstr(rows[i].reason)));
        close_case(&c);
    }
    SCOPED(ArenaRef) arena = arena_open("test");
    RewriteCase c;
    const KubeScriptRow row = {.code = 403, .body = STATUS(403)};
    open_case(&c, &row, 1, arena);
    assert_true(str_starts_with(encryption_reload_look(&c.api, 1), STR("its metrics are not")));
    close_case(&c);
}

UNIT_MAIN(test_object_rewrite) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_page),     cmocka_unit_test(test_expired),
        cmocka_unit_test(test_rejected), cmocka_unit_test(test_count),
        cmocka_unit_test(test_resource), cmocka_unit_test(test_metrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
