/* etcd_members: a response of a real etcd 3.6.4 with a member that has not started. */
#include "broken_document.h"
#include "etcd_members.h"
#include "kube_script.h"

static const char response[] =
    "{\"header\":{\"cluster_id\":\"14841639068965178418\",\"member_id\":\"10276657743932975437\","
    "\"raft_term\":\"2\"},\"members\":[{\"ID\":\"10276657743932975437\",\"name\":\"cp1\","
    "\"peerURLs\":[\"https://10.88.0.11:2380\"],\"clientURLs\":[\"https://"
    "10.88.0.11:2379\",\"http://cp1\"]},"
    "{\"ID\":\"7\",\"peerURLs\":[\"https://[fd00::12]:2380\"],\"isLearner\":true}]}";

static void read_members(Str json, void *arena) {
    EtcdNodes nodes = {0};
    if (!etcd_members_parse(json, &nodes, arena))
        return;
    vec_each(&nodes, node)
        assert_true(node->id.len > 0);
}

static void test_other_kinds(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    assert_true(broken_document_kinds(str_from_cstr(response), read_members, arena) > 100);
}

static void test_parse(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdNodes nodes = {0};
    assert_true(etcd_members_parse(str_from_cstr(response), &nodes, arena));
    assert_int_equal(nodes.count, 2);
    check_str(nodes.items[0].id, "10276657743932975437");
    check_str(nodes.items[0].member.name, "cp1");
    check_str(nodes.items[0].client_urls.items[0], "https://10.88.0.11:2379");
    assert_int_equal(nodes.items[0].client_urls.count, 2);
    check_str(nodes.items[0].client_urls.items[1], "http://cp1");
    assert_false(nodes.items[0].member.is_learner);
    assert_true(nodes.items[1].member.is_learner);
    check_str(nodes.items[1].member.name, "");
    assert_ptr_equal(etcd_members_find(&nodes, STR("10.88.0.11")), &nodes.items[0]);
    assert_ptr_equal(etcd_members_find(&nodes, STR("fd00::12")), &nodes.items[1]);
    assert_null(etcd_members_find(&nodes, STR("10.88.0.1")));
    EtcdMembers members = etcd_members_of(&nodes, arena);
    assert_int_equal(members.count, 2);
}

static void test_not_a_list(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const texts[] = {"",
                                        "[]",
                                        "{}",
                                        "{\"members\":[]}",
                                        "{\"members\":[1]}",
                                        "{\"members\":[{}]}",
                                        "404 page not found"};
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        EtcdNodes nodes = {0};
        assert_false(etcd_members_parse(str_from_cstr(texts[i]), &nodes, arena));
    }
}

static void test_hosts(void **) {
    static const struct {
        const char *url, *host;
    } rows[] = {
        {"https://10.0.0.1:2379", "10.0.0.1"}, {"http://cp1", "cp1"},    {"cp1:1", "cp1"},
        {"https://[fd00::1]:2379", "fd00::1"}, {"[fd00::1]", "fd00::1"}, {"", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        check_str(etcd_members_host(str_from_cstr(rows[i].url)), rows[i].host);
}

typedef struct EtcdCase {
    KubeScript script;
    Call call;
    EtcdGateway etcd;
    Diags diags;
} EtcdCase;

/* The host "k" shortens the paths of the requests to their ports. */
static void open_etcd(EtcdCase *c, const KubeScriptRow *rows, size_t count, Arena *arena) {
    kube_script_open(&c->script, rows, count, NULL, arena);
    c->call = (Call){.io = &c->script.io, .arena = arena};
    c->etcd = (EtcdGateway){.call = &c->call, .host = STR("k")};
    c->diags = diags_new(arena);
}

static void close_etcd(EtcdCase *c) {
    assert_int_equal(c->script.next, c->script.count);
    kube_client_close(c->script.client);
}

#define MEMBER(id, url)                                                                            \
    "{\"ID\":\"" id "\",\"peerURLs\":[\"https://k:2380\"],\"clientURLs\":[" url "]}"

/* Each member is asked for its health at its first URL; a member that has not started has none. */
static void test_list(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 200,
         .body = "{\"members\":[" MEMBER("1", "\"https://a:2379\",\"https://z:2379\"") "," MEMBER(
             "2", "\"https://b:2379\"") "," MEMBER("3", "\"https://c:2379\"") "," MEMBER("4",
                                                                                         "") "]}"},
        {.code = 200, .body = "{\"health\":\"true\"}"},
        {.code = 200, .body = "{\"health\":\"false\"}"},
        {.code = 503, .body = "{\"health\":\"true\"}"},
    };
    static const bool healthy[] = {true, false, false, false};
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdCase c;
    EtcdNodes nodes = {0};
    open_etcd(&c, rows, ARRAY_COUNT(rows), arena);
    assert_true(etcd_members_list(&c.etcd, &nodes, &c.diags));
    assert_int_equal(nodes.count, ARRAY_COUNT(healthy));
    for (size_t i = 0; i < nodes.count; i++)
        assert_int_equal(nodes.items[i].member.is_healthy, healthy[i]);
    check_str(c.script.requests.items[0], "POST :2379/v3/cluster/member/list");
    check_str(c.script.bodies.items[0], "{}");
    check_str(c.script.requests.items[3], "GET :2379/health");
    check_str(c.script.last.url, "https://c:2379/health");
    assert_int_equal(c.script.last.timeout_ms, 5000);
    assert_int_equal(c.script.last.body_limit, 1 << 20);
    close_etcd(&c);
}

/* Errors name the request, and have the beginning of the response. */
static void test_failures(void **) {
    static const struct {
        KubeScriptRow row;
        const char *detail; /* the end */
    } cases[] = {
        {{.code = 200, .body = "{}"}, "The etcd on k returned no list of members."},
        {{.code = 400, .body = "x"}, "to the etcd on k failed: HTTP status 400 (x)."},
        {{.code = 400, .body = ""}, "to the etcd on k failed: HTTP status 400."},
        {{.transport = HTTP_NO_CONNECTION}, "to the etcd on k failed: a problem."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        EtcdCase c;
        EtcdNodes nodes = {0};
        open_etcd(&c, &cases[i].row, 1, arena);
        assert_false(etcd_members_list(&c.etcd, &nodes, &c.diags));
        assert_int_equal(c.diags.error_count, 1);
        check_str(c.diags.items[0].summary, "etcd does not respond");
        if (!str_ends_with(c.diags.items[0].detail, str_from_cstr(cases[i].detail)))
            fail_msg("%zu: %.*s", i, STR_ARG(c.diags.items[0].detail));
        close_etcd(&c);
    }
}

/* An error has at most 300 bytes of the response. */
static void test_long_response(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf text = strbuf_new(arena);
    strbuf_add_repeat(&text, 'x', 301);
    const KubeScriptRow rows[] = {{.code = 400, .body = str_to_cstr(strbuf_str(&text), arena)}};
    EtcdCase c;
    open_etcd(&c, rows, ARRAY_COUNT(rows), arena);
    assert_false(etcd_members_remove(&c.etcd, STR("9"), &c.diags));
    Str detail = c.diags.items[0].detail;
    size_t start = str_find_char(detail, '(', 0);
    assert_int_equal(str_find_char(detail, ')', start) - start - 1, 300);
    close_etcd(&c);
}

static void test_removal(void **) {
    static const KubeScriptRow rows[] = {{.code = 200, .body = "{}"}, {.code = 400, .body = "{}"}};
    SCOPED(ArenaRef) arena = arena_open("test");
    EtcdCase c;
    open_etcd(&c, rows, ARRAY_COUNT(rows), arena);
    assert_true(etcd_members_remove(&c.etcd, STR("9"), &c.diags));
    check_str(c.script.requests.items[0], "POST :2379/v3/cluster/member/remove");
    check_str(c.script.bodies.items[0], "{\"ID\":\"9\"}");
    assert_int_equal(c.script.last.timeout_ms, 10000);
    assert_false(etcd_members_remove(&c.etcd, STR("9"), &c.diags));
    assert_int_equal(c.diags.error_count, 1);
    close_etcd(&c);
}

UNIT_MAIN(test_etcd_members) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),         cmocka_unit_test(test_other_kinds),
        cmocka_unit_test(test_not_a_list),    cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_list),          cmocka_unit_test(test_failures),
        cmocka_unit_test(test_long_response), cmocka_unit_test(test_removal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
