/* node_drain: which pods are evicted, how often, and when the wait ends. */
#include "kube_script.h"
#include "node_drain.h"

#define NODE                        "{\"metadata\":{\"name\":\"w1\"}}"
#define LIST(items)                 "{\"items\":[" items "]}"
#define POD(name, metadata, status) POD_OF("x", name, metadata, status)
#define POD_OF(namespace, name, metadata, status)                                                  \
    "{\"metadata\":{\"name\":\"" name "\",\"namespace\":\"" namespace "\"" metadata                \
                                                                      "},\"status\":{" status "}}"
#define OWNED(kind)   ",\"ownerReferences\":[{\"kind\":\"Other\"},{\"kind\":\"" kind "\"}]"
#define PHASE(phase)  "\"phase\":\"" phase "\""
#define STATUS(code)  "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":" code "}"
#define LIST_PODS     "GET /api/v1/pods?fieldSelector=spec.nodeName%3Dw1"
#define EVICT(path)   "POST /api/v1/namespaces/" path "/eviction"
#define FIRST_REQUEST 2 /* after the reading and the cordoning of the node */

typedef struct DrainCase {
    KubeScript script;
    Call call;
    ClusterApi api;
    Diags diags;
    bool is_done;
} DrainCase;

static void drain(DrainCase *d, const KubeScriptRow *rows, size_t count, Arena *arena) {
    kube_script_open(&d->script, rows, count, NULL, arena);
    d->call = (Call){.io = &d->script.io, .arena = arena};
    d->api = (ClusterApi){.client = d->script.client,
                          .call = {.client = d->script.client, .arena = arena}};
    d->diags = diags_new(arena);
    d->is_done = node_drain(&d->call, &d->api, STR("w1"), 1000, &d->diags);
    assert_int_equal(d->script.next, count);
    assert_int_equal(d->diags.error_count, !d->is_done);
    kube_client_close(d->script.client);
}

/* Pods that a DaemonSet or the node itself would start again stay, as do ended ones. A pod that is
 * gone before its eviction does not count. */
static void test_pods(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 200, .body = NODE},
        {.code = 200, .body = NODE},
        {.code = 200,
         .body = LIST(
             POD("daemon", OWNED("DaemonSet"), "") "," POD("static", OWNED("Node"), "") "," POD(
                 "mirror", ",\"annotations\":{\"kubernetes.io/config.mirror\":\"1\"}",
                 "") "," POD("done", "",
                             PHASE("Succeeded")) "," POD("failed", "",
                                                         PHASE("Failed")) "," POD("gone", "", ""))},
        {.code = 404, .body = STATUS("404")},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    DrainCase d;
    drain(&d, rows, ARRAY_COUNT(rows), arena);
    assert_true(d.is_done);
    check_str(d.script.requests.items[0], "GET /api/v1/nodes/w1");
    assert_true(str_starts_with(d.script.requests.items[1], STR("PATCH /api/v1/nodes/w1?")));
    check_str(d.script.bodies.items[1],
              "{\"metadata\":{\"annotations\":{\"loam.internal/cordoned\":\"true\"}},"
              "\"spec\":{\"unschedulable\":true}}");
    check_str(d.script.requests.items[FIRST_REQUEST], LIST_PODS);
    check_str(d.script.requests.items[FIRST_REQUEST + 1], EVICT("x/pods/gone"));
    check_str(d.script.bodies.items[FIRST_REQUEST + 1],
              "{\"apiVersion\":\"policy/v1\",\"kind\":\"Eviction\",\"metadata\":"
              "{\"name\":\"gone\",\"namespace\":\"x\"}}");
    assert_int_equal(kube_script_waited(&d.script), 0);
}

/* A pod that a disruption budget keeps is evicted again; one that is ending is not. */
static void test_repeated(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 200, .body = NODE},
        {.code = 200, .body = NODE},
        {.code = 200,
         .body =
             LIST(POD("a", OWNED("ReplicaSet"), PHASE("Running")) "," POD_OF("y", "b", "", ""))},
        {.code = 201, .body = STATUS("201")},
        {.code = 429, .body = STATUS("429")},
        {.code = 200,
         .body = LIST(POD("a", ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"",
                          PHASE("Running")) "," POD_OF("y", "b", "", ""))},
        {.code = 201, .body = STATUS("201")},
        {.code = 200, .body = LIST("")},
    };
    static const char *const requests[] = {
        LIST_PODS, EVICT("x/pods/a"), EVICT("y/pods/b"), LIST_PODS, EVICT("y/pods/b"), LIST_PODS,
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    DrainCase d;
    drain(&d, rows, ARRAY_COUNT(rows), arena);
    assert_true(d.is_done);
    for (size_t i = 0; i < ARRAY_COUNT(requests); i++)
        check_str(d.script.requests.items[FIRST_REQUEST + i], requests[i]);
}

/* When the time is up, the error counts the pods that are left, and says why one of them stays. */
static void test_left(void **) {
    static const struct {
        const char *pods;
        size_t evictions;
        int code; /* of the evictions */
        const char *reason;
    } cases[] = {
        {LIST(POD("a", "", "")), 1, 429, "1 pod is left; Pod \"a\" in namespace \"x\": "},
        {LIST(POD("a", "", "") "," POD("b", "", "")), 2, 201,
         "2 pods are left; Pod \"b\" in namespace \"x\"."},
        {LIST(POD("a", ",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"", "")), 0, 0,
         "1 pod is left; Pod \"a\" in namespace \"x\"."},
        {NULL, 0, 0, "Last seen: a problem."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        KubeScriptRow rows[16] = {{.code = 200, .body = NODE}, {.code = 200, .body = NODE}};
        size_t count = FIRST_REQUEST;
        SCOPED(ArenaRef) arena = arena_open("test");
        DrainCase d;
        /* Looks after 0, 250, 750 and 1000 ms. */
        for (size_t look = 0; look < 4; look++) {
            rows[count++] = (KubeScriptRow){.code = cases[i].pods ? 200 : 0,
                                            .body = cases[i].pods,
                                            .transport = HTTP_BAD_CERTIFICATE};
            if (cases[i].pods)
                rows[count - 1].transport = HTTP_DONE;
            for (size_t k = 0; k < cases[i].evictions; k++)
                rows[count++] = (KubeScriptRow){.code = cases[i].code, .body = STATUS("0")};
        }
        drain(&d, rows, count, arena);
        assert_false(d.is_done);
        assert_int_equal(kube_script_waited(&d.script), 1000);
        Str detail = d.diags.items[0].detail;
        if (str_find(detail, str_from_cstr(cases[i].reason), 0) == SIZE_MAX ||
            str_find(detail, STR("the pods to leave the node"), 0) == SIZE_MAX)
            fail_msg("%zu: %.*s", i, STR_ARG(detail));
    }
}

/* No node, no pods; a node that cannot be read or cordoned is not drained. */
static void test_no_drain(void **) {
    static const struct {
        KubeScriptRow rows[2];
        const char *summary; /* NULL: no error */
    } cases[] = {
        {{{.code = 404, .body = STATUS("404")}}, NULL},
        {{{.code = 403, .body = STATUS("403")}}, "Node not read"},
        {{{.code = 200, .body = NODE}, {.code = 403, .body = STATUS("403")}}, "Node not cordoned"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        DrainCase d;
        drain(&d, cases[i].rows, cases[i].rows[1].code ? 2 : 1, arena);
        assert_int_equal(d.is_done, cases[i].summary == NULL);
        if (cases[i].summary)
            check_str(d.diags.items[0].summary, cases[i].summary);
    }
}

UNIT_MAIN(test_node_drain) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pods),
        cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_left),
        cmocka_unit_test(test_no_drain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
