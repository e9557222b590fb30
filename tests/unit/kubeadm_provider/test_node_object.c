/* node_object: workers that are not available, the wait for a node. cluster_api, bootstrap_token:
 * their waits. */
#include "base64.h"
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

#define STATUS(code) "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":" code "}"

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

static Value parse(const char *text, Arena *arena) {
    Value value;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(str_from_cstr(text), &value, &error, &offset, arena));
    return value;
}

/* A server or a program that is not accepted differs from other failures, and from an absent
 * node. */
static void test_read(void **) {
    static const struct {
        KubeScriptRow row;
        bool is_read, is_refused, is_there;
    } cases[] = {
        {{.code = 200, .body = PLAIN_NODE("1", "")}, true, false, true},
        {{.code = 200, .body = "?"}, false, false, false},
        {{.code = 404, .body = STATUS("404")}, true, false, false},
        {{.code = 400, .body = STATUS("400")}, false, false, false},
        {{.code = 401, .body = STATUS("401")}, false, true, false},
        {{.code = 403, .body = STATUS("403")}, false, true, false},
        {{.transport = HTTP_BAD_CERTIFICATE}, false, true, false},
        {{.transport = HTTP_NO_CLIENT}, false, false, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        for (int lists = 0; lists < 2; lists++) {
            SCOPED(ArenaRef) arena = arena_open("test");
            Diags diags = diags_new(arena);
            WaitCase w;
            Value out;
            bool is_refused = !cases[i].is_refused;
            KubeScriptRow row = cases[i].row;
            if (lists && cases[i].is_there)
                row.body = EMPTY_LIST;
            bool is_read = lists ? row.code != 404 && cases[i].is_read : cases[i].is_read;
            open_wait(&w, &row, 1, arena);
            bool ok = lists ? node_object_try_list(&w.api, &out, &is_refused, &diags)
                            : node_object_try_read(&w.api, STR("w1"), &out, &is_refused, &diags);
            if (ok != is_read || is_refused != cases[i].is_refused)
                fail_msg("row %zu: %d %d", i, ok, is_refused);
            assert_int_equal(diags.error_count, !is_read);
            assert_int_equal(value_is_present(out), cases[i].is_there);
            check_str(w.script.requests.items[0],
                      lists ? "GET /api/v1/nodes" : "GET /api/v1/nodes/w1");
            kube_client_close(w.script.client);
        }
    }
}

#define PATCH "PATCH /api/v1/nodes/w1?fieldManager=loam&fieldValidation=Strict"

/* Only keys that loam has set before are removed. Without a change nothing is sent. */
static void test_metadata(void **) {
    static const struct {
        const char *prior_labels, *labels, *prior_annotations, *annotations;
        const char *body; /* NULL: no request */
    } cases[] = {
        {"null", "null", "null", "null", NULL},
        {"{}", "{}", "null", "{}", NULL},
        {"null", "{\"a\":\"1\"}", "null", "null", "{\"metadata\":{\"labels\":{\"a\":\"1\"}}}"},
        {"{\"a\":\"1\",\"b\":\"2\"}", "{\"b\":\"3\"}", "null", "null",
         "{\"metadata\":{\"labels\":{\"a\":null,\"b\":\"3\"}}}"},
        {"{\"a\":\"1\"}", "null", "null", "{\"c\":\"4\"}",
         "{\"metadata\":{\"annotations\":{\"c\":\"4\"},\"labels\":{\"a\":null}}}"},
        {"null", "null", "{\"c\":\"4\"}", "{}", "{\"metadata\":{\"annotations\":{\"c\":null}}}"},
    };
    static const KubeScriptRow rows[] = {{.code = 200, .body = PLAIN_NODE("1", "")}};
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        WaitCase w;
        NodeMetadata metadata = {parse(cases[i].prior_labels, arena), parse(cases[i].labels, arena),
                                 parse(cases[i].prior_annotations, arena),
                                 parse(cases[i].annotations, arena)};
        open_wait(&w, rows, ARRAY_COUNT(rows), arena);
        assert_true(node_object_set(&w.api, STR("w1"), &metadata, &diags));
        assert_int_equal(w.script.next, cases[i].body != NULL);
        if (cases[i].body) {
            check_str(w.script.requests.items[0], PATCH);
            check_str(w.script.bodies.items[0], cases[i].body);
        }
        kube_client_close(w.script.client);
    }
}

#define TAINT(key, effect) "{\"effect\":\"" effect "\",\"key\":\"" key "\"}"
#define WANTED(key, effect, value)                                                                 \
    "{\"effect\":\"" effect "\",\"key\":\"" key "\",\"value\":" value "}"
#define UNREACHABLE   TAINT("node.kubernetes.io/unreachable", "NoExecute")
#define OF_KUBEADM    TAINT("node-role.kubernetes.io/control-plane", "NoSchedule")
#define OLD           TAINT("old", "NoSchedule")
#define OLD_OF_OTHERS TAINT("old", "NoExecute")
#define NEW           TAINT("new", "NoSchedule")

/* Taints that Kubernetes sets stay; those of loam and of kubeadm are replaced. */
static void test_taints(void **) {
    static const struct {
        const char *live; /* NULL: there is no node */
        const char *prior, *wanted, *body;
    } cases[] = {
        {NULL, "null", "null", NULL},
        {"", "null", "null", "[]"},
        {
            "\"taints\":[" UNREACHABLE "," OF_KUBEADM "," OLD "," OLD_OF_OTHERS "," NEW "]",
            "[" OLD "]",
            "[" WANTED("new", "NoSchedule", "\"v\"") "]",
            "[" UNREACHABLE "," OLD_OF_OTHERS "," WANTED("new", "NoSchedule", "\"v\"") "]",
        },
        {
            "\"taints\":[" OLD "]",
            "null",
            "[" WANTED("a", "NoExecute", "null") "," WANTED("b", "NoExecute", "null") "]",
            "[" OLD "," TAINT("a", "NoExecute") "," TAINT("b", "NoExecute") "]",
        },
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        WaitCase w;
        const char *live = cases[i].live;
        Str node = str_format(arena, "{\"spec\":{%s}}", live ? live : "");
        const KubeScriptRow rows[] = {
            {.code = live ? 200 : 404, .body = live ? str_to_cstr(node, arena) : STATUS("404")},
            {.code = 200, .body = "{}"}};
        open_wait(&w, rows, live ? 2 : 1, arena);
        assert_true(node_object_taint(&w.api, STR("w1"), parse(cases[i].prior, arena),
                                      parse(cases[i].wanted, arena), &diags));
        assert_int_equal(w.script.next, live ? 2 : 1);
        if (cases[i].body) {
            check_str(w.script.requests.items[1], PATCH);
            check_str_equal(w.script.bodies.items[1],
                            str_format(arena, "{\"spec\":{\"taints\":%s}}", cases[i].body));
        }
        kube_client_close(w.script.client);
    }
}

#define OURS "\"annotations\":{\"loam.internal/cordoned\":\"true\"}"
#define SHUT "{\"metadata\":{" OURS "},\"spec\":{\"unschedulable\":true}}"
#define OPENED                                                                                     \
    "{\"metadata\":{\"annotations\":{\"loam.internal/cordoned\":null}},\"spec\":{"                 \
    "\"unschedulable\":null}}"

/* A node that others have cordoned stays so. */
static void test_cordon(void **) {
    static const struct {
        const char *node, *body;
        int code;
        const char *summary;
    } cases[] = {
        {"{\"spec\":{}}", SHUT, 200, NULL},
        {"{\"spec\":{\"unschedulable\":false}}", SHUT, 200, NULL},
        {"{\"spec\":{\"unschedulable\":true}}", NULL, 200, NULL},
        {"{\"metadata\":{" OURS "},\"spec\":{\"unschedulable\":true}}", NULL, 200, NULL},
        {"{\"spec\":{}}", SHUT, 403, "Node not cordoned"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const KubeScriptRow rows[] = {{.code = cases[i].code, .body = STATUS("403")}};
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        WaitCase w;
        open_wait(&w, rows, cases[i].body != NULL, arena);
        assert_int_equal(node_object_cordon(&w.api, STR("w1"), parse(cases[i].node, arena), &diags),
                         cases[i].summary == NULL);
        if (cases[i].body)
            check_str(w.script.bodies.items[0], cases[i].body);
        if (cases[i].summary)
            check_str(diags.items[0].summary, cases[i].summary);
        kube_client_close(w.script.client);
    }
}

/* The fields are removed, so that the node is as before. */
static void test_uncordon(void **) {
    static const struct {
        int read, code;
        const char *node;
        bool sends;
        const char *summary;
    } cases[] = {
        {200, 200, "{\"metadata\":{" OURS "},\"spec\":{\"unschedulable\":true}}", true, NULL},
        {200, 200, "{\"metadata\":{" OURS "},\"spec\":{}}", true, NULL},
        {200, 200, "{\"metadata\":{},\"spec\":{\"unschedulable\":true}}", false, NULL},
        {404, 200, STATUS("404"), false, NULL},
        {403, 200, STATUS("403"), false, "Node not read"},
        {200, 403, "{\"metadata\":{" OURS "}}", true, "Node not uncordoned"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const KubeScriptRow rows[] = {{.code = cases[i].read, .body = cases[i].node},
                                      {.code = cases[i].code, .body = STATUS("403")}};
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        WaitCase w;
        open_wait(&w, rows, cases[i].sends ? 2 : 1, arena);
        assert_int_equal(node_object_uncordon(&w.api, STR("w1"), &diags), cases[i].summary == NULL);
        assert_int_equal(w.script.next, cases[i].sends ? 2 : 1);
        if (cases[i].sends)
            check_str(w.script.bodies.items[1], OPENED);
        if (cases[i].summary)
            check_str(diags.items[0].summary, cases[i].summary);
        kube_client_close(w.script.client);
    }
}

static void test_deletion(void **) {
    static const int codes[] = {200, 404, 403};
    for (size_t i = 0; i < ARRAY_COUNT(codes); i++) {
        const KubeScriptRow rows[] = {{.code = codes[i], .body = STATUS("0")}};
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        WaitCase w;
        open_wait(&w, rows, 1, arena);
        assert_int_equal(node_object_delete(&w.api, STR("w1"), &diags), codes[i] != 403);
        assert_int_equal(diags.error_count, codes[i] == 403);
        check_str(w.script.requests.items[0], "DELETE /api/v1/nodes/w1");
        kube_client_close(w.script.client);
    }
}

#define PLANE(name, addresses)                                                                     \
    "{\"metadata\":{\"name\":\"" name "\"},\"status\":{\"addresses\":[" addresses "]}}"
#define ADDRESS(type, address) "{\"type\":\"" type "\",\"address\":\"" address "\"}"
#define LIST(items)            "{\"items\":[" items "]}"

/* The internal addresses of the other control planes. */
static void test_control_planes(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 200,
         .body = LIST(PLANE("cp1", ADDRESS("InternalIP", "10.0.0.1")) "," PLANE(
             "cp2", ADDRESS("Hostname", "cp2") "," ADDRESS(
                        "InternalIP",
                        "10.0.0.2")) "," PLANE("cp3",
                                               ADDRESS("Hostname",
                                                       "cp3")) ",{\"metadata\":{\"name\":\"cp4\"}}"
                                                               "," PLANE("cp5",
                                                                         ADDRESS("InternalIP",
                                                                                 "10.0.0.5")))},
        {.code = 403, .body = STATUS("403")},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    WaitCase w;
    StrVec addresses = {0};
    open_wait(&w, rows, ARRAY_COUNT(rows), arena);
    assert_true(node_object_control_planes(&w.api, STR("cp1"), &addresses, &diags));
    check_str(str_join(addresses.items, addresses.count, STR(" "), arena), "10.0.0.2 10.0.0.5");
    check_str(w.script.requests.items[0],
              "GET /api/v1/nodes?labelSelector=node-role.kubernetes.io%2Fcontrol-plane");
    assert_false(node_object_control_planes(&w.api, STR("cp1"), &addresses, &diags));
    assert_int_equal(diags.error_count, 1);
    kube_client_close(w.script.client);
}

static void test_not_ready(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value list = parse(
        "[" NODE("w1", "", "", "True") "," NODE(
            "w2", "", "", "False\",\"message\":\"no network") ",{\"metadata\":{\"name\":\"w3\"}}]",
        arena);
    StrVec lines = node_object_not_ready(list, arena);
    check_str(str_join(lines.items, lines.count, STR("\n"), arena),
              "w2: no network\nw3: its kubelet has not reported yet");
    assert_int_equal(node_object_not_ready(value_null(&TYPE_DYNAMIC), arena).count, 0);
}

/* A failed request says nothing about the kubelet; a node that is gone or not ready has none. */
static void test_stays_ready(void **) {
    static const struct {
        KubeScriptRow row;
        bool stays;
    } cases[] = {
        {{.code = 200, .body = NODE("w1", "", "", "True"), .takes_ms = 60000}, true},
        {{.code = 403, .body = STATUS("403"), .takes_ms = 60000}, true},
        {{.code = 200, .body = NODE("w1", "", "", "Unknown")}, false},
        {{.code = 404, .body = STATUS("404")}, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const KubeScriptRow rows[] = {cases[i].row, cases[i].row};
        SCOPED(ArenaRef) arena = arena_open("test");
        WaitCase w;
        open_wait(&w, rows, ARRAY_COUNT(rows), arena);
        assert_int_equal(node_object_stays_ready(&w.call, &w.api, STR("w1")), cases[i].stays);
        assert_int_equal(w.script.next, cases[i].stays ? 2 : 1);
        kube_client_close(w.script.client);
    }
}

#define KUBELET(name, version, ready)                                                              \
    "{\"metadata\":{\"name\":\"" name                                                              \
    "\",\"resourceVersion\":\"8\"},\"status\":{\"nodeInfo\":{\"kubeletVersion\":\"" version        \
    "\"},\"conditions\":[{\"type\":\"Ready\",\"status\":\"" ready "\"}]}}"

static const KubeVersion wanted_version = {.major = 1, .minor = 34, .patch = 4};

/* One node must exist, have the version and be ready. */
static void test_version_of_node(void **) {
    static const struct {
        const char *last, *reason;
    } cases[] = {
        {EVENT("MODIFIED", KUBELET("w1", "v1.34.4", "False")),
         "Last seen: w1 has v1.34.4 and is not ready."},
        {EVENT("DELETED", KUBELET("w1", "v1.34.4", "True")), "Last seen: there is no such node."},
        {EVENT("MODIFIED", KUBELET("w1", "v1.34.3", "True")), "Last seen: w1 has v1.34.3."},
        {EVENT("MODIFIED", KUBELET("w1", "v1.35.0", "True")), NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *const events[] = {cases[i].last, NULL};
        const KubeScriptRow rows[] = {
            {.code = 200, .body = EMPTY_LIST},
            {.code = 200, .pieces = events, .takes_ms = 300000},
            {.transport = HTTP_TIMED_OUT, .takes_ms = 2000},
        };
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        WaitCase w;
        open_wait(&w, rows, ARRAY_COUNT(rows), arena);
        bool ok = node_object_wait_version(&w.call, &w.api, STR("w1"), wanted_version, &diags);
        assert_int_equal(ok, cases[i].reason == NULL);
        assert_int_equal(w.script.next, ok ? 2 : 3);
        assert_true(ok || str_ends_with(diags.items[0].detail, str_from_cstr(cases[i].reason)));
        kube_client_close(w.script.client);
    }
}

/* All control planes must have the version; a failed list is repeated. */
static void test_version_of_all(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 200,
         .body = LIST(KUBELET("cp1", "v1.34.4", "False") "," KUBELET("cp2", "v1.33.9", "True"))},
        {.code = 403, .body = STATUS("403")},
        {.code = 200, .body = LIST(KUBELET("cp1", "v1.34.4", "False") "," KUBELET("cp2", "?", ""))},
        {.code = 200,
         .body = LIST(KUBELET("cp1", "v1.34.4", "False") "," KUBELET("cp2", "v1.34.4", "False"))},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    WaitCase w;
    open_wait(&w, rows, ARRAY_COUNT(rows), arena);
    assert_true(node_object_wait_version(&w.call, &w.api, STR_EMPTY, wanted_version, &diags));
    assert_int_equal(w.script.next, ARRAY_COUNT(rows));
    assert_int_equal(diags.error_count, 0);
    kube_client_close(w.script.client);
}

/* The wait ends when fewer workers than the limit are missing. */
static void test_wait_available(void **) {
    static const char two[] = LIST(NODE("w1", "", "", "False") "," NODE("w2", "", "", "False"));
    static const KubeScriptRow rows[] = {
        {.code = 200, .body = two},
        {.code = 403, .body = STATUS("403")},
        {.code = 200,
         .body = LIST(NODE("w1", "", "", "False") "," NODE("w2", "", "", "True") "," NODE(
             "w3", "", "", "False"))},
    };
    static const KubeScriptRow late[] = {
        {.code = 200, .body = two, .takes_ms = 300000},
        {.code = 200, .body = two},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    WaitCase w;
    open_wait(&w, rows, ARRAY_COUNT(rows), arena);
    assert_true(node_object_wait_available(&w.call, &w.api, STR("w3"), 2, &diags));
    assert_int_equal(w.script.next, ARRAY_COUNT(rows));
    kube_client_close(w.script.client);
    open_wait(&w, late, ARRAY_COUNT(late), arena);
    assert_false(node_object_wait_available(&w.call, &w.api, STR("w3"), 2, &diags));
    assert_true(str_ends_with(diags.items[0].detail,
                              STR("cordoned or not ready: w1, w2, and max_unavailable is 2.")));
    kube_client_close(w.script.client);
}

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

static void check_token(Str body, const BootstrapToken *token, Arena *arena) {
    Str expected = str_format(
        arena,
        "{\"apiVersion\":\"v1\",\"data\":{\"auth-extra-groups\":\"%.*s\",\"description\":\"%.*s\","
        "\"expiration\":\"%.*s\",\"token-id\":\"%.*s\",\"token-secret\":\"%.*s\","
        "\"usage-bootstrap-authentication\":\"dHJ1ZQ==\",\"usage-bootstrap-signing\":\"dHJ1ZQ==\"},"
        "\"kind\":\"Secret\",\"metadata\":{\"annotations\":{},\"name\":\"bootstrap-token-%.*s\","
        "\"namespace\":\"kube-system\"},\"type\":\"bootstrap.kubernetes.io/token\"}",
        STR_ARG(base64_encode(STR("system:bootstrappers:kubeadm:default-node-token"), arena)),
        STR_ARG(base64_encode(STR("loam: kubeadm_worker.w"), arena)),
        STR_ARG(base64_encode(STR("1970-01-01T00:31:40Z"), arena)),
        STR_ARG(base64_encode(token->id, arena)),
        STR_ARG(base64_encode(str_after(token->text, token->id.len + 1), arena)),
        STR_ARG(token->id));
    check_str_equal(body, expected);
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
            check_token(w.script.last.body, &token, arena);
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
        cmocka_unit_test(test_read),
        cmocka_unit_test(test_metadata),
        cmocka_unit_test(test_taints),
        cmocka_unit_test(test_cordon),
        cmocka_unit_test(test_uncordon),
        cmocka_unit_test(test_deletion),
        cmocka_unit_test(test_control_planes),
        cmocka_unit_test(test_not_ready),
        cmocka_unit_test(test_stays_ready),
        cmocka_unit_test(test_version_of_node),
        cmocka_unit_test(test_version_of_all),
        cmocka_unit_test(test_wait_available),
        cmocka_unit_test(test_node_without_network),
        cmocka_unit_test(test_signature),
        cmocka_unit_test(test_token_secret),
        cmocka_unit_test(test_token_deletion),
        cmocka_unit_test(test_no_client),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
