/* serving_approver: decisions about requests, the file of nodes, and one pass over the requests of
 * an API server. */
#include "json.h"
#include "kube_object.h"
#include "kube_script.h"
#include "kubelet_request.h"
#include "serving_approver.h"

#include <sys/stat.h>
#include <unistd.h>

#define SIGNER "kubernetes.io/kubelet-serving"
#define OLD    "2026-11-24T02:00:00Z"
#define NOW    "2026-11-24T03:00:00Z"
#define NODE   "{\"metadata\":{\"name\":\"w1\",\"creationTimestamp\":\"2026-11-24T02:30:00Z\"}}"

static const KubeletRequest good = {NULL, USER,   "system:nodes", "DNS:w1,IP:10.0.0.21",
                                    USER, GROUPS, USAGES,         NULL};

static Value parse(Str text, Arena *arena) {
    Value value;
    const char *error;
    size_t offset;
    assert_true(json_parse_any(text, &value, &error, &offset, arena));
    return value;
}

static Str request_of(const KubeletRequest *row, const char *name, const char *signer,
                      const char *time, Arena *arena) {
    Str pem = base64_encode(kubelet_request_pem(row, arena), arena);
    return str_format(
        arena,
        "{\"metadata\":{\"name\":\"%s\",\"resourceVersion\":\"7\",\"creationTimestamp\":\"%s\"},"
        "\"spec\":{\"signerName\":\"%s\",\"username\":\"%s\",\"groups\":[%s],\"usages\":[%s],"
        "\"request\":\"%.*s\"},\"status\":{}}",
        name, time, signer, row->user, row->groups, row->usages, STR_ARG(pem));
}

/* The file of nodes. */

static Str write_file(const char *text, Arena *arena) {
    const char *path =
        str_to_cstr(str_format(arena, "/tmp/loam-nodes-%d.yaml", (int)getpid()), arena);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return str_from_cstr(path);
}

static Io real_io(void) {
    return (Io){.disk = &disk_real};
}

static void test_nodes(void **) {
    static const struct {
        const char *text;
        const char *problem; /* NULL: none */
    } rows[] = {
        {"w1: [10.0.0.21, \"fd00::21\"]\n", NULL},
        {"{\"w1\":[\"10.0.0.21\"],\"w2\":[\"10.0.0.22\"]}", NULL},
        {"", NULL},
        {"- w1\n", "is no mapping"},
        {"w1: 10.0.0.21\n", "no list of addresses for the node \"w1\""},
        {"w1: []\n", "no list of addresses for the node \"w1\""},
        {"w1: [w1.example]\n", "invalid address for the node \"w1\""},
        {"w1: [1]\n", "invalid address for the node \"w1\""},
        {"w1: [", "is not YAML: line"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        Io io = real_io();
        ServingNodes nodes = {.io = &io, .path = write_file(rows[i].text, arena)};
        bool is_good = serving_nodes_read(&nodes, &diags);
        if (is_good != (rows[i].problem == NULL))
            fail_msg("row %zu", i);
        if (!is_good)
            assert_true(str_find(diags.items[0].detail, str_from_cstr(rows[i].problem), 0) !=
                        SIZE_MAX);
        assert_int_equal(serving_nodes_find(&nodes, STR("w1")) != NULL, is_good && *rows[i].text);
        serving_nodes_release(&nodes);
        unlink(str_to_cstr(nodes.path, arena));
    }
}

/* A changed file counts at once; one that is damaged or gone leaves the former nodes. */
static void test_changed_nodes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Io io = real_io();
    ServingNodes nodes = {.io = &io, .path = write_file("w1: [10.0.0.21]\n", arena)};
    assert_true(serving_nodes_read(&nodes, &diags) && serving_nodes_read(&nodes, &diags));
    check_str(serving_nodes_find(&nodes, STR("w1"))->items[0], "10.0.0.21");
    write_file("w1: [10.0.0.22, 10.0.0.23]\n", arena);
    assert_true(serving_nodes_read(&nodes, &diags));
    check_str(serving_nodes_find(&nodes, STR("w1"))->items[1], "10.0.0.23");
    write_file("[", arena);
    assert_false(serving_nodes_read(&nodes, &diags));
    assert_non_null(serving_nodes_find(&nodes, STR("w1")));
    unlink(str_to_cstr(nodes.path, arena));
    assert_false(serving_nodes_read(&nodes, &diags));
    assert_non_null(serving_nodes_find(&nodes, STR("w1")));
    serving_nodes_release(&nodes);
}

/* The decision. */

static void test_decisions(void **) {
    static const KubeletRequest of_w2 = {
        NULL, "system:node:w2", "system:nodes", "DNS:w2", "system:node:w2", GROUPS, USAGES, NULL};
    static const KubeletRequest of_nothing = {
        NULL, "system:node:", "system:nodes", "DNS:w1", "system:node:", GROUPS, USAGES, NULL};
    static const KubeletRequest of_person = {NULL,    USER,   "system:nodes", "DNS:w1",
                                             "admin", GROUPS, USAGES,         NULL};
    static const KubeletRequest of_another_address = {NULL, USER,   "system:nodes", "IP:10.0.0.11",
                                                      USER, GROUPS, USAGES,         NULL};
    static const struct {
        const KubeletRequest *row;
        const char *signer;
        const char *time;
        const char *node; /* NULL: it does not exist */
        ServingVerdict verdict;
        const char *reason;
    } rows[] = {
        {&good, SIGNER, NOW, NODE, SERVING_APPROVES, ""},
        {&good, "kubernetes.io/kube-apiserver-client-kubelet", NOW, NODE, SERVING_NOT_ASKED, ""},
        {&good, SIGNER, OLD, NODE, SERVING_LEAVES, "older than the Node"},
        {&good, SIGNER, NOW, NULL, SERVING_LEAVES, "no Node of this name"},
        {&of_w2, SIGNER, NOW, NODE, SERVING_LEAVES, "does not name this node"},
        {&of_nothing, SIGNER, NOW, NODE, SERVING_LEAVES, "not come from a kubelet"},
        {&of_person, SIGNER, NOW, NODE, SERVING_LEAVES, "not come from a kubelet"},
        {&of_another_address, SIGNER, NOW, NODE, SERVING_LEAVES, "address 10.0.0.11"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Io io = real_io();
    ServingNodes nodes = {.io = &io, .path = write_file("w1: [10.0.0.21]\n", arena)};
    assert_true(serving_nodes_read(&nodes, &diags));
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Value request =
            parse(request_of(rows[i].row, "csr", rows[i].signer, rows[i].time, arena), arena);
        Value node =
            rows[i].node ? parse(str_from_cstr(rows[i].node), arena) : value_null(&TYPE_DYNAMIC);
        Str reason;
        ServingVerdict verdict = serving_approver_decide(request, &nodes, node, &reason, arena);
        if (verdict != rows[i].verdict ||
            str_find(reason, str_from_cstr(rows[i].reason), 0) == SIZE_MAX)
            fail_msg("row %zu: %d %.*s", i, (int)verdict, STR_ARG(reason));
    }
    serving_nodes_release(&nodes);
    unlink(str_to_cstr(nodes.path, arena));
}

/* A pass. */

typedef struct Pass {
    KubeScript script;
    Diags diags;
    bool is_good;
    StrVec lines;
    Arena *arena;
} Pass;

static void add_report(void *payload, const ServingReport *report) {
    Pass *pass = payload;
    vec_push(pass->arena, &pass->lines,
             str_format(pass->arena, "%d %.*s %.*s %.*s", (int)report->verdict,
                        STR_ARG(report->request), STR_ARG(report->node), STR_ARG(report->reason)));
}

static void run_pass(Pass *pass, const KubeScriptRow *rows, size_t count, Arena *arena) {
    *pass = (Pass){.diags = diags_new(arena), .arena = arena};
    kube_script_open(&pass->script, rows, count, NULL, arena);
    ServingApprover approver = {.client = pass->script.client,
                                .nodes_path = write_file("w1: [10.0.0.21]\n", arena),
                                .report = add_report,
                                .payload = pass};
    pass->is_good = serving_approver_pass(&approver, &pass->diags);
    kube_client_close(pass->script.client);
    assert_int_equal(pass->script.next, count);
    unlink(str_to_cstr(approver.nodes_path, arena));
}

static const char *list_of(const Str *items, size_t count, Arena *arena) {
    return str_to_cstr(str_format(arena,
                                  "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[%.*s]}",
                                  STR_ARG(str_join(items, count, STR(","), arena))),
                       arena);
}

#define STARTS(text, start) assert_true(str_starts_with(text, STR(start)))
#define PATH                "/apis/certificates.k8s.io/v1/certificatesigningrequests/"

/* The Node of a request that the file does not name is not even read. */
static void test_pass(void **) {
    static const KubeletRequest of_w9 = {
        NULL, "system:node:w9", "system:nodes", "DNS:w9", "system:node:w9", GROUPS, USAGES, NULL};
    SCOPED(ArenaRef) arena = arena_open("test");
    const Str items[] = {request_of(&good, "csr-1", SIGNER, NOW, arena),
                         request_of(&of_w9, "csr-2", SIGNER, NOW, arena)};
    const KubeScriptRow rows[] = {{.code = 200, .body = list_of(items, 2, arena)},
                                  {.code = 200, .body = NODE},
                                  {.code = 200, .body = "{}"}};
    Pass pass;
    run_pass(&pass, rows, ARRAY_COUNT(rows), arena);
    assert_true(pass.is_good);
    STARTS(pass.script.requests.items[1], "GET /api/v1/nodes/w1");
    STARTS(pass.script.requests.items[2], "PATCH " PATH "csr-1/approval");
    assert_int_equal(pass.lines.count, 2);
    check_str(pass.lines.items[0], "1 csr-1 w1 ");
    STARTS(pass.lines.items[1], "2 csr-2 w9 The file of nodes");
}

/* A request that has changed meanwhile is no failure. */
static void test_failures(void **) {
    static const struct {
        KubeScriptRow node, approval;
        const char *line; /* NULL: no failure */
    } rows[] = {
        {{.code = 200, .body = NODE}, {.code = 409, .body = "{\"kind\":\"Status\"}"}, NULL},
        {{.code = 200, .body = NODE},
         {.code = 403, .body = "{}"},
         "3 csr-1  Serving certificate not"},
        {{.code = 403, .body = "{}"}, {0}, "3 csr-1  Node not read"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const Str item = request_of(&good, "csr-1", SIGNER, NOW, arena);
        const KubeScriptRow script[] = {
            {.code = 200, .body = list_of(&item, 1, arena)}, rows[i].node, rows[i].approval};
        Pass pass;
        run_pass(&pass, script, rows[i].approval.code ? 3 : 2, arena);
        assert_int_equal(pass.is_good, rows[i].line == NULL);
        assert_int_equal(pass.diags.error_count, rows[i].line ? 1 : 0);
        assert_int_equal(pass.lines.count, 1);
        if (rows[i].line)
            assert_true(str_starts_with(pass.lines.items[0], str_from_cstr(rows[i].line)));
    }
}

UNIT_MAIN(test_serving_approver) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nodes),     cmocka_unit_test(test_changed_nodes),
        cmocka_unit_test(test_decisions), cmocka_unit_test(test_pass),
        cmocka_unit_test(test_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
