/* serving_request: requests signed by OpenSSL, their conditions, and the exchange with the API
 * server. */
#include "json.h"
#include "kube_object.h"
#include "kube_script.h"
#include "kubelet_request.h"
#include "machine_script.h"
#include "serving_wait.h"

static Value parse(Str text, Arena *arena) {
    Value value;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(text, &value, &error, &offset, arena));
    return value;
}

static ServingNode node_of(Arena *arena) {
    ServingNode node = {.name = STR("w1")};
    vec_push(arena, &node.addresses, STR("10.0.0.21"));
    vec_push(arena, &node.addresses, STR("fd00::21"));
    return node;
}

#define GOOD NULL, USER, "system:nodes", "DNS:w1,IP:10.0.0.21", USER, GROUPS, USAGES

static void test_checks(void **) {
    static const char names[] = "DNS:w1,IP:10.0.0.21", nodes[] = "system:nodes";
    static const KubeletRequest rows[] = {
        {GOOD, NULL},
        {NULL, USER, nodes, "IP:fd00::21", USER, GROUPS, USAGES, NULL},
        {"RSA", USER, nodes, names, USER, GROUPS, USAGES ",\"key encipherment\"", NULL},
        {"RSA", USER, nodes, names, USER, GROUPS, USAGES, NULL},
        {NULL, USER, nodes, names, USER, GROUPS, USAGES ",\"key encipherment\"", "usage \"key"},
        {NULL, USER, nodes, names, USER, GROUPS, USAGES ",\"client auth\"", "usage \"client"},
        {NULL, USER, nodes, names, USER, GROUPS, "\"digital signature\"", "lacks the usage \"s"},
        {NULL, USER, nodes, names, USER, GROUPS, "\"server auth\"", "lacks the usage \"digital"},
        {NULL, USER, nodes, names, USER, GROUPS, "", "lacks the usage"},
        {NULL, USER, nodes, "", USER, GROUPS, USAGES, "neither a name"},
        {NULL, USER, nodes, "DNS:w1,IP:10.0.0.22", USER, GROUPS, USAGES, "address 10.0.0.22"},
        {NULL, USER, nodes, "IP:fd00::22", USER, GROUPS, USAGES, "address fd00::22"},
        {NULL, USER, nodes, "DNS:api,IP:10.0.0.21", USER, GROUPS, USAGES, "name \"api\""},
        {NULL, USER, nodes, "DNS:w1,email:a@b.c", USER, GROUPS, USAGES, "neither a DNS name"},
        {NULL, "system:node:w2", nodes, names, USER, GROUPS, USAGES, "subject"},
        {NULL, USER, "system:masters", names, USER, GROUPS, USAGES, "subject"},
        {NULL, USER, NULL, names, USER, GROUPS, USAGES, "subject"},
        {NULL, USER, nodes, names, "system:node:w2", GROUPS, USAGES, "not come from"},
        {NULL, USER, nodes, names, "w1", GROUPS, USAGES, "not come from"},
        {NULL, USER, nodes, names, USER, "\"system:masters\"", USAGES, "not come from"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ServingNode node = node_of(arena);
        Value request = parse(kubelet_request_object(&rows[i], "csr", "", arena), arena);
        Str problem = serving_request_check(request, &node, arena);
        bool is_right = rows[i].problem
                            ? str_find(problem, str_from_cstr(rows[i].problem), 0) != SIZE_MAX
                            : !problem.len;
        if (!is_right)
            fail_msg("row %zu: %.*s", i, STR_ARG(problem));
    }
}

static void test_damaged(void **) {
    static const char *const texts[] = {"", "!", "bm8gcmVxdWVzdA=="};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ServingNode node = node_of(arena);
        Str text = str_format(arena,
                              "{\"spec\":{\"username\":\"" USER "\",\"groups\":[" GROUPS
                              "],\"usages\":[" USAGES "],\"request\":\"%s\"}}",
                              texts[i]);
        Str problem = serving_request_check(parse(text, arena), &node, arena);
        assert_true(str_find(problem, STR("not readable"), 0) != SIZE_MAX);
    }
}

#define CONDITION(type) "{\"type\":\"" type "\",\"status\":\"True\"}"

/* All conditions count, in any order. */
static void test_states(void **state) {
    (void)state;
    static const struct {
        const char *conditions;
        ServingState state;
    } rows[] = {
        {"", SERVING_PENDING},
        {CONDITION("Other"), SERVING_PENDING},
        {CONDITION("Approved"), SERVING_APPROVED},
        {CONDITION("Other") "," CONDITION("Denied"), SERVING_DENIED},
        {CONDITION("Approved") "," CONDITION("Failed"), SERVING_FAILED},
        {CONDITION("Failed") "," CONDITION("Approved"), SERVING_FAILED},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Str text = str_format(arena, "{\"status\":{\"conditions\":[%s]}}", rows[i].conditions);
        assert_int_equal(serving_request_state(parse(text, arena)), rows[i].state);
    }
    SCOPED(ArenaRef) arena = arena_open("test");
    assert_int_equal(serving_request_state(parse(STR("{}"), arena)), SERVING_PENDING);
}

/* Requests of a former machine with this name do not count. */
static void test_former(void **) {
    static const struct {
        const char *since;
        const char *found;
    } rows[] = {
        {"2026-11-24T03:00:02Z", "three-and-more"},
        {"2026-11-24T03:00:04Z", "three-and-more"},
        {"2026-11-24T03:00:05Z", ""},
        {"", "three-and-more"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    static const KubeletRequest good = {GOOD, NULL};
    const Str items[] = {kubelet_request_object(&good, "two", CONDITION("Approved"), arena),
                         kubelet_request_object(&good, "three-and-more", "", arena)};
    Value list =
        parse(str_format(arena, "[%.*s,%.*s]", STR_ARG(items[0]), STR_ARG(items[1])), arena);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ServingNode node = node_of(arena);
        node.since = str_from_cstr(rows[i].since);
        Value found = serving_request_find(list, &node);
        check_str(value_is_present(found) ? kube_object_text(found, "metadata", "name") : STR_EMPTY,
                  rows[i].found);
    }
}

/* The exchange with the API server. */

typedef struct Exchange {
    KubeScript script;
    Call call;
    ClusterApi api;
    Diags diags;
    SshLink *link;
    bool is_good;
} Exchange;

#define KUBELET_CONFIG(text) "{\"data\":{\"kubelet\":\"rotateCertificates: true\\n" text "\\n\"}}"
#define WANTED               KUBELET_CONFIG("serverTLSBootstrap: true")

static void exchange(Exchange *x, const KubeScriptRow *rows, size_t count, Arena *arena) {
    ServingNode node = node_of(arena);
    kube_script_open(&x->script, rows, count, NULL, arena);
    x->call = (Call){.io = &x->script.io, .arena = arena};
    x->api = (ClusterApi){.client = x->script.client,
                          .call = {.client = x->script.client, .arena = arena}};
    x->diags = diags_new(arena);
    x->is_good = serving_wait_approve(&x->call, &x->api, &node, x->link, &x->diags);
    kube_client_close(x->script.client);
    assert_int_equal(x->script.next, count);
}

static const char *list_of(const Str *items, size_t count, Arena *arena) {
    return str_to_cstr(
        str_format(arena, "{\"items\":[%.*s]}", STR_ARG(str_join(items, count, STR(","), arena))),
        arena);
}

#define LIST(items) list_of(items, ARRAY_COUNT(items), arena)
#define PATH        "/apis/certificates.k8s.io/v1/certificatesigningrequests/"

/* Of the requests of the node, the newest is approved. A kubelet that restarts sends another one.
 */
static void test_approval(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const KubeletRequest good = {GOOD, NULL};
    static const KubeletRequest other = {
        NULL, "system:node:w2", "system:nodes", "DNS:w2", "system:node:w2", GROUPS, USAGES, NULL};
    const Str of_another = kubelet_request_object(&other, "of-another", "", arena);
    const Str first[] = {kubelet_request_object(&good, "old", CONDITION("Denied"), arena),
                         kubelet_request_object(&good, "newest", "", arena), of_another};
    const Str second[] = {kubelet_request_object(&good, "restarts", "", arena),
                          kubelet_request_object(&good, "newest", CONDITION("Approved"), arena)};
    const Str third[] = {kubelet_request_object(&good, "restarts", CONDITION("Approved"), arena),
                         of_another};
    const KubeScriptRow rows[] = {
        {.code = 200, .body = WANTED},
        {.code = 200, .body = "{\"items\":[]}"},
        {.code = 200, .body = LIST(first)},
        {.code = 409, .body = "{\"kind\":\"Status\",\"reason\":\"Conflict\"}"},
        {.code = 200, .body = LIST(first)},
        {.code = 200, .body = "{}"},
        {.code = 200, .body = LIST(second)},
        {.code = 200, .body = "{}"},
        {.code = 200, .body = LIST(third)},
    };
    static const char *const patched[] = {"newest", "newest", "restarts"};
    Exchange x = {0};
    size_t count = 0;
    exchange(&x, rows, ARRAY_COUNT(rows), arena);
    assert_true(x.is_good);
    assert_int_equal(x.diags.count, 0);
    vec_each(&x.script.requests, request) {
        if (!str_starts_with(*request, STR("PATCH ")))
            continue;
        assert_true(count < ARRAY_COUNT(patched));
        Str wanted = str_format(arena, "PATCH " PATH "%s/approval", patched[count++]);
        assert_true(str_starts_with(*request, wanted));
    }
    assert_int_equal(count, ARRAY_COUNT(patched));
}

/* The approval names the version that was checked. */
static void test_patch(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const KubeletRequest good = {GOOD, NULL};
    const Str items[] = {kubelet_request_object(&good, "csr", CONDITION("Other"), arena)};
    const KubeScriptRow rows[] = {{.code = 200, .body = WANTED},
                                  {.code = 200, .body = LIST(items)},
                                  {.code = 403, .body = "{}"}};
    Exchange x = {0};
    exchange(&x, rows, ARRAY_COUNT(rows), arena);
    assert_false(x.is_good);
    assert_int_equal(x.diags.error_count, 1);
    Value body = parse(x.script.last.body, arena);
    check_str(kube_object_text(body, "metadata", "resourceVersion"), "7");
    assert_int_equal(serving_request_state(body), SERVING_APPROVED);
    Value conditions = value_tuple_at(value_attribute(body, STR("status")), STR("conditions"));
    assert_int_equal(conditions.count, 2);
}

/* With a link, the wait ends when the machine has the certificate, also if its request is gone. */
static void test_certificate(void **) {
    static const KubeletRequest good = {GOOD, NULL};
    static const MachineRow machine_rows[] = {{.exit_status = 1}, {.exit_status = 0}};
    for (int is_gone = 0; is_gone < 2; is_gone++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const Str items[] = {kubelet_request_object(&good, "csr", CONDITION("Approved"), arena)};
        const char *list = is_gone ? "{\"items\":[]}" : LIST(items);
        const KubeScriptRow rows[] = {{.code = 200, .body = WANTED},
                                      {.code = 200, .body = list},
                                      {.code = 403, .body = "{}"},
                                      {.code = 200, .body = list}};
        MachineScript machine;
        machine_script_open(&machine, machine_rows, ARRAY_COUNT(machine_rows), arena);
        Exchange x = {.link = &machine.link};
        exchange(&x, rows, ARRAY_COUNT(rows), arena);
        assert_true(x.is_good);
        assert_int_equal(x.diags.count, 0);
        assert_int_equal(machine.diags.count, 0);
        machine_script_close(&machine);
    }
}

/* A kubelet that sends no request is a warning, after two minutes. */
static void test_no_request(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const KubeScriptRow rows[] = {
        {.code = 200, .body = WANTED},
        {.code = 200, .body = "{\"items\":[]}", .takes_ms = 130000},
        {.code = 200, .body = "{\"items\":[]}"}};
    Exchange x = {0};
    exchange(&x, rows, ARRAY_COUNT(rows), arena);
    assert_true(x.is_good);
    assert_int_equal(x.diags.error_count, 0);
    assert_int_equal(x.diags.count, 1);
    assert_true(str_find(x.diags.items[0].detail, STR("sent no request"), 0) != SIZE_MAX);
}

/* Without serverTLSBootstrap, no request is read. */
static void test_not_wanted(void **) {
    static const KubeScriptRow rows[][1] = {
        {{.code = 200, .body = KUBELET_CONFIG("serverTLSBootstrap: false")}},
        {{.code = 404, .body = "{\"kind\":\"Status\",\"reason\":\"NotFound\"}"}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Exchange x = {0};
        exchange(&x, rows[i], 1, arena);
        assert_true(x.is_good);
        assert_int_equal(x.diags.count, 0);
    }
}

/* A request that was approved needs nothing; every other one is an error that names it. */
static void test_decisions(void **) {
    static const struct {
        KubeletRequest row;
        const char *conditions;
        const char *problem; /* NULL: none */
    } rows[] = {
        {{GOOD, NULL}, CONDITION("Approved"), NULL},
        {{GOOD, NULL}, CONDITION("Denied"), "was denied"},
        {{GOOD, NULL}, CONDITION("Approved") "," CONDITION("Failed"), "signer failed"},
        {{NULL, USER, "system:nodes", "IP:10.0.0.99", USER, GROUPS, USAGES, NULL}, "", "10.0.0.99"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Str item = kubelet_request_object(&rows[i].row, "csr-x1", rows[i].conditions, arena);
        const KubeScriptRow script[] = {{.code = 200, .body = WANTED},
                                        {.code = 200, .body = list_of(&item, 1, arena)}};
        Exchange x = {0};
        exchange(&x, script, ARRAY_COUNT(script), arena);
        assert_int_equal(x.is_good, rows[i].problem == NULL);
        assert_int_equal(x.diags.count, rows[i].problem ? 1 : 0);
        if (!rows[i].problem)
            continue;
        Str detail = x.diags.items[0].detail;
        assert_true(str_find(detail, STR("\"csr-x1\""), 0) != SIZE_MAX);
        assert_true(str_find(detail, str_from_cstr(rows[i].problem), 0) != SIZE_MAX);
    }
}

UNIT_MAIN(test_serving_request) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_checks),    cmocka_unit_test(test_damaged),
        cmocka_unit_test(test_states),    cmocka_unit_test(test_approval),
        cmocka_unit_test(test_patch),     cmocka_unit_test(test_no_request),
        cmocka_unit_test(test_former),    cmocka_unit_test(test_not_wanted),
        cmocka_unit_test(test_decisions), cmocka_unit_test(test_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
