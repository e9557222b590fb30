/* node_object: workers that are not available, the wait for a node. cluster_api, bootstrap_token:
 * their waits. */
#include "bootstrap_token.h"
#include "json.h"
#include "kube_object.h"
#include "kube_script.h"
#include "node_object.h"

#define NODE(name, labels, spec, ready)                                                            \
    "{\"metadata\":{\"name\":\"" name "\",\"labels\":{" labels "}},\"spec\":{" spec                \
    "},\"status\":{\"conditions\":[{\"type\":\"MemoryPressure\",\"status\":\"False\"},"            \
    "{\"type\":\"Ready\",\"status\":\"" ready "\"}]}}"
#define ROLE "\"node-role.kubernetes.io/control-plane\":\"\""

static void test_unavailable(void **) {
    static const char items[] =
        "[" NODE("cp1", ROLE, "", "False") "," NODE("w1", "", "", "True") "," NODE(
            "w2", "\"a\":\"b\"", "\"unschedulable\":true",
            "True") "," NODE("w3", "", "\"unschedulable\":false",
                             "Unknown") ",{\"metadata\":{\"name\":\"w4\"}}]";
    SCOPED(ArenaRef) arena = arena_open("test");
    Value list;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(str_from_cstr(items), &list, &error, &offset, arena));
    StrVec names = node_object_unavailable(list, STR("w0"), arena);
    check_str(str_join(names.items, names.count, STR(" "), arena), "w2 w3 w4");
    names = node_object_unavailable(list, STR("w3"), arena);
    check_str(str_join(names.items, names.count, STR(" "), arena), "w2 w4");
    assert_int_equal(node_object_unavailable(value_null(&TYPE_DYNAMIC), STR(""), arena).count, 0);
}

/* Waits. */

typedef struct WaitCase {
    KubeScript script;
    Call call;
    ClusterApi api;
} WaitCase;

static void open_wait(WaitCase *w, const KubeScriptRow *rows, size_t count, Arena *arena) {
    kube_script_open(&w->script, rows, count, NULL, arena);
    w->call = (Call){.io = &w->script.io, .arena = arena};
    w->api = (ClusterApi){.client = w->script.client,
                          .call = {.client = w->script.client, .arena = arena}};
}

#define EMPTY_LIST          "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}"
#define EVENT(type, object) "{\"type\":\"" type "\",\"object\":" object "}\n"
#define PLAIN_NODE(version, spec)                                                                  \
    "{\"metadata\":{\"name\":\"w1\",\"resourceVersion\":\"" version "\"},\"spec\":{" spec "}}"

/* The wait ends with the event that has the network: nothing is polled, and no time passes. */
static void test_node_event(void **) {
    static const char *const events[] = {
        EVENT("ADDED", PLAIN_NODE("8", "")),
        EVENT("MODIFIED", PLAIN_NODE("9", "\"podCIDR\":\"10.244.1.0/24\"")), NULL};
    static const KubeScriptRow rows[] = {{.code = 200, .body = EMPTY_LIST},
                                         {.code = 200, .pieces = events}};
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    WaitCase w;
    Value node;
    open_wait(&w, rows, ARRAY_COUNT(rows), arena);
    assert_true(node_object_wait(&w.call, &w.api, STR("w1"), &node, &diags));
    check_str(kube_object_text(node, "spec", "podCIDR"), "10.244.1.0/24");
    check_str(w.script.requests.items[0],
              "GET /api/v1/nodes?limit=500&fieldSelector=metadata.name%3Dw1");
    assert_int_equal(kube_script_waited(&w.script), 0);
    kube_client_close(w.script.client);
}

#define KUBEADM_CONFIG(text)                                                                       \
    "{\"metadata\":{\"name\":\"kubeadm-config\"},\"data\":{\"ClusterConfiguration\":\"" text "\"}" \
    "}"

/* A node without a network counts after 20 seconds, unless kubeadm has configured one: a busy
 * controller manager may take longer. */
static void test_node_without_network(void **) {
    static const char list[] =
        "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[" PLAIN_NODE("7", "") "]}";
    static const char *const late[] = {
        EVENT("MODIFIED", PLAIN_NODE("9", "\"podCIDR\":\"10.244.1.0/24\"")), NULL};
    for (int has_subnet = 0; has_subnet < 2; has_subnet++) {
        const KubeScriptRow rows[] = {
            {.code = 200, .body = list},
            {.code = 200, .body = "", .takes_ms = 10000},
            {.code = 200, .body = list},
            {.code = 200, .body = "", .takes_ms = 10000},
            {.code = 200, .body = list},
            {.code = 200, .body = "", .takes_ms = 10000},
            {.code = 200,
             .body = has_subnet ? KUBEADM_CONFIG("networking:\\n  podSubnet: 10.244.0.0/16")
                                : KUBEADM_CONFIG("networking: {}")},
            {.code = 200, .body = list},
            {.code = 200, .pieces = late},
        };
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        WaitCase w;
        Value node;
        open_wait(&w, rows, ARRAY_COUNT(rows), arena);
        assert_true(node_object_wait(&w.call, &w.api, STR("w1"), &node, &diags));
        check_str(kube_object_text(node, "spec", "podCIDR"), has_subnet ? "10.244.1.0/24" : "");
        assert_int_equal(w.script.next, has_subnet ? ARRAY_COUNT(rows) : ARRAY_COUNT(rows) - 1);
        kube_client_close(w.script.client);
    }
}

/* kubeadm may look for the signature of its token: not that of another one. */
static void test_signature(void **) {
#define INFO(version, data)                                                                        \
    "{\"metadata\":{\"name\":\"cluster-info\",\"namespace\":\"kube-public\","                      \
    "\"resourceVersion\":\"" version "\"},\"data\":{" data "}}"
    SCOPED(ArenaRef) arena = arena_open("test");
    BootstrapToken token = bootstrap_token_make(STR("marker"), arena);
    Str signature = str_format(arena, EVENT("MODIFIED", INFO("9", "\"jws-kubeconfig-%.*s\":\"x\"")),
                               STR_ARG(token.id));
    const char *const events[] = {EVENT("MODIFIED", INFO("8", "\"jws-kubeconfig-aaaaaa\":\"x\"")),
                                  str_to_cstr(signature, arena), NULL};
    const KubeScriptRow rows[] = {
        {.code = 200,
         .body = "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[" INFO("7", "") "]}"},
        {.code = 200, .pieces = events}};
    WaitCase w;
    open_wait(&w, rows, ARRAY_COUNT(rows), arena);
    bootstrap_token_wait(&w.call, &w.api, &token);
    assert_int_equal(w.script.next, ARRAY_COUNT(rows));
    assert_true(str_starts_with(w.script.requests.items[1],
                                STR("GET /api/v1/namespaces/kube-public/configmaps?watch=1")));
    assert_int_equal(kube_script_waited(&w.script), 0);
    kube_client_close(w.script.client);
}

/* The Secret of a token, also if an earlier run left one of that name. */
static void test_token_secret(void **) {
    static const struct {
        KubeScriptRow rows[3];
        bool is_stored;
    } cases[] = {
        {{{.code = 201, .body = "{}"}}, true},
        {{{.code = 409, .body = "{}"}, {.code = 200, .body = "{}"}, {.code = 201, .body = "{}"}},
         true},
        {{{.code = 409, .body = "{}"},
          {.code = 404, .body = "{\"kind\":\"Status\"}"},
          {.code = 201, .body = "{}"}},
         true},
        {{{.code = 409, .body = "{}"}, {.code = 403, .body = "{}"}}, false},
        {{{.code = 403, .body = "{}"}}, false},
    };
    static const char name[] = "bootstrap-token-";
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        size_t count = 0;
        WaitCase w;
        while (count < ARRAY_COUNT(cases[i].rows) && cases[i].rows[count].code != 0)
            count++;
        open_wait(&w, cases[i].rows, count, arena);
        w.call.address = STR("kubeadm_worker.w");
        BootstrapToken token = bootstrap_token_make(STR("marker"), arena);
        Value annotations = value_map(&TYPE_STRING, NULL, NULL, 0, arena);
        assert_int_equal(bootstrap_token_store(&w.call, &w.api, &token, annotations, &diags),
                         cases[i].is_stored);
        assert_int_equal(diags.error_count, !cases[i].is_stored);
        assert_int_equal(w.script.next, count);
        check_str(w.script.requests.items[0], "POST /api/v1/namespaces/kube-system/secrets");
        if (count > 1)
            check_str_equal(w.script.requests.items[1],
                            str_format(arena,
                                       "DELETE /api/v1/namespaces/kube-system/secrets/%s%.*s", name,
                                       STR_ARG(token.id)));
        if (cases[i].is_stored)
            check_str_equal(
                w.script.last.body,
                str_format(arena,
                           "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":"
                           "{\"annotations\":{},\"name\":\"%s%.*s\",\"namespace\":\"kube-system\"},"
                           "\"stringData\":{\"auth-extra-groups\":"
                           "\"system:bootstrappers:kubeadm:default-node-token\",\"description\":"
                           "\"loam: kubeadm_worker.w\",\"expiration\":\"1970-01-01T00:31:40Z\","
                           "\"token-id\":\"%.*s\",\"token-secret\":\"%.*s\","
                           "\"usage-bootstrap-authentication\":\"true\","
                           "\"usage-bootstrap-signing\":\"true\"},"
                           "\"type\":\"bootstrap.kubernetes.io/token\"}",
                           name, STR_ARG(token.id), STR_ARG(token.id),
                           STR_ARG(str_after(token.text, token.id.len + 1))));
        kube_client_close(w.script.client);
    }
}

/* A Secret that stays is reported, for the operator to delete. */
static void test_token_deletion(void **) {
    static const int codes[] = {200, 404, 403};
    for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
        const KubeScriptRow rows[] = {{.code = codes[i], .body = "{\"kind\":\"Status\"}"}};
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        WaitCase w;
        open_wait(&w, rows, ARRAY_COUNT(rows), arena);
        bootstrap_token_delete(&w.call, &w.api, STR("marker"), &diags);
        assert_int_equal(diags.count, codes[i] == 403);
        assert_int_equal(diags.error_count, 0);
        kube_client_close(w.script.client);
    }
}

/* A program that cannot send requests does not know whether a cluster exists. */
static void test_no_client(void **) {
    static const struct {
        HttpStatus transport;
        bool is_known;
    } cases[] = {{HTTP_NO_CLIENT, false}, {HTTP_NO_CONNECTION, true}, {HTTP_TIMED_OUT, true}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const KubeScriptRow rows[] = {{.transport = cases[i].transport}};
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        WaitCase w;
        bool is_ready = true;
        open_wait(&w, rows, ARRAY_COUNT(rows), arena);
        assert_int_equal(cluster_api_look(&w.call, &w.api, &is_ready, &diags), cases[i].is_known);
        assert_false(is_ready);
        assert_int_equal(diags.error_count, !cases[i].is_known);
        kube_client_close(w.script.client);
    }
}

UNIT_MAIN(test_node_object) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unavailable),
        cmocka_unit_test(test_node_event),
        cmocka_unit_test(test_node_without_network),
        cmocka_unit_test(test_signature),
        cmocka_unit_test(test_token_secret),
        cmocka_unit_test(test_token_deletion),
        cmocka_unit_test(test_no_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
