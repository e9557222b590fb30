/* Transactions as JSON, and the order in which endpoints are tried. */
#include "scripted_http.h"

#include "etcd_client.h"

static EtcdClient *client_new(ScriptedHttp *script, const char *user, Io *io, Arena *arena) {
    EtcdConfig config = {.username = str_from_cstr(user), .password = STR("pw")};
    vec_push(arena, &config.endpoints, STR("http://a"));
    vec_push(arena, &config.endpoints, STR("http://b"));
    *io = scripted_http_io(script, arena);
    return etcd_client_open(io, &config, arena);
}

static EtcdTxn txn_of(Arena *arena) {
    EtcdTxn txn = {0};
    vec_push(arena, &txn.compares, ((EtcdCompare){STR("k"), 7}));
    vec_push(arena, &txn.success,
             ((EtcdOperation){.kind = ETCD_PUT, .key = STR("k"), .value = STR("v"), .lease = 9}));
    vec_push(arena, &txn.success,
             ((EtcdOperation){.kind = ETCD_DELETE, .key = STR("a"), .range_end = STR("b")}));
    vec_push(arena, &txn.failure,
             ((EtcdOperation){.kind = ETCD_RANGE, .key = STR("k"), .revision = 3}));
    return txn;
}

#define TXN                                                                                        \
    "{\"compare\":[{\"key\":\"aw==\",\"target\":\"CREATE\",\"result\":\"EQUAL\","                  \
    "\"create_revision\":\"7\"}],\"success\":[{\"request_put\":{\"key\":\"aw==\",\"value\":"       \
    "\"dg==\",\"lease\":\"9\"}},{\"request_delete_range\":{\"key\":\"YQ==\",\"range_end\":"        \
    "\"Yg==\"}}],\"failure\":[{\"request_range\":{\"key\":\"aw==\",\"revision\":\"3\"}}]}"
#define ANSWER                                                                                     \
    "{\"header\":{\"revision\":\"12\"},\"responses\":[{\"response_put\":{}},{\"response_range\":"  \
    "{\"kvs\":[{\"key\":\"aw==\",\"create_revision\":\"5\",\"value\":\"dg==\"}],\"count\":\"1\"}}" \
    "]}"

static void a_transaction(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScriptedAnswer answers[] = {{200, ANSWER}};
    ScriptedHttp script = {.answers = answers, .count = 1};
    Io io;
    EtcdClient *client = client_new(&script, "", &io, arena);
    EtcdTxn txn = txn_of(arena);
    EtcdResponse answer;
    Str problem;
    assert_true(etcd_client_txn(client, &txn, NULL, &answer, &problem, arena));
    check_str(strbuf_str(&script.diary), "POST http://a/v3/kv/txn " TXN "\n");
    assert_false(answer.succeeded);
    assert_int_equal(answer.revision, 12);
    const EtcdKeyValue *found = etcd_client_find(&answer, STR("k"));
    assert_non_null(found);
    check_str(found->value, "v");
    assert_int_equal(found->create_revision, 5);
    assert_null(etcd_client_find(&answer, STR("other")));
    etcd_client_close(client);
}

typedef struct Row {
    ScriptedAnswer answers[16];
    const char *wanted; /* endpoints in the order of the requests; then the problem, or nothing */
} Row;

static const Row rows[] = {
    {{{0, NULL}, {200, "{}"}}, "ab"},
    {{{503, "{\"message\":\"no leader\"}"}, {503, NULL}, {200, "{}"}}, "aba"},
    {{{200, "half an ans"}, {200, "{}"}}, "ab"},
    {{{400, "{\"code\":3,\"message\":\"request is too large\"}"}}, "a request is too large"},
    {{{0, 0},
      {0, 0},
      {0, 0},
      {0, 0},
      {0, 0},
      {0, 0},
      {0, 0},
      {0, 0},
      {0, 0},
      {0, 0},
      {0, 0},
      {0, 0}},
     "abababababab http://b: connection refused"},
};

/* "ab": the hosts of the recorded requests. */
static Str hosts(const ScriptedHttp *script, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    Str diary = strbuf_str(&script->diary);
    for (size_t at = 0; (at = str_find(diary, STR("http://"), at)) != SIZE_MAX; at++)
        strbuf_add_char(&out, diary.ptr[at + 7]);
    return strbuf_str(&out);
}

static void first_endpoint_that_responds(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ScriptedHttp script = {.answers = rows[i].answers, .count = 16};
        Io io;
        EtcdClient *client = client_new(&script, "", &io, arena);
        EtcdTxn txn = {0};
        EtcdResponse answer;
        Str problem = STR_EMPTY;
        bool ok = etcd_client_txn(client, &txn, NULL, &answer, &problem, arena);
        Str got = hosts(&script, arena);
        if (!ok)
            got = str_format(arena, "%.*s %.*s", STR_ARG(got), STR_ARG(problem));
        check_str(got, rows[i].wanted);
        etcd_client_close(client);
    }
}

/* The next request is sent to the endpoint that answered last. A rejected token is renewed once. */
static void endpoint_order(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScriptedAnswer answers[] = {
        {0, NULL},
        {200, "{\"token\":\"t1\"}"},
        {200, "{}"},
        {401, "{\"message\":\"invalid auth token\"}"},
        {200, "{\"token\":\"t2\"}"},
        {200, "{}"},
        {401, NULL},
        {401, "{\"message\":\"wrong password\"}"},
    };
    ScriptedHttp script = {.answers = answers, .count = ARRAY_COUNT(answers)};
    Io io;
    EtcdClient *client = client_new(&script, "me", &io, arena);
    EtcdTxn txn = {0};
    EtcdResponse answer;
    Str problem;
    assert_true(etcd_client_txn(client, &txn, NULL, &answer, &problem, arena));
    assert_true(etcd_client_txn(client, &txn, NULL, &answer, &problem, arena));
    check_str(hosts(&script, arena), "abbbbb");
    assert_false(etcd_client_txn(client, &txn, NULL, &answer, &problem, arena));
    check_str(problem, "wrong password");
    assert_true(str_find(strbuf_str(&script.diary), STR("{\"name\":\"me\",\"password\":\"pw\"}"),
                         0) != SIZE_MAX);
    etcd_client_close(client);
}

/* The arena of the opener belongs to another thread than the one that renews a lease. */
static void tokens_in_an_arena_of_their_own(void **) {
    SCOPED(ArenaRef) owner = arena_open("owner");
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScriptedAnswer answers[] = {
        {200, "{\"token\":\"t1\"}"},
        {200, "{\"result\":{\"TTL\":\"5\"}}"},
        {401, "{\"message\":\"invalid auth token\"}"},
        {200, "{\"token\":\"t2\"}"},
        {200, "{\"result\":{\"TTL\":\"5\"}}"},
    };
    ScriptedHttp script = {.answers = answers, .count = ARRAY_COUNT(answers)};
    EtcdConfig config = {.username = STR("me"), .password = STR("pw")};
    vec_push(arena, &config.endpoints, STR("http://a"));
    Io io = scripted_http_io(&script, arena);
    EtcdClient *client = etcd_client_open(&io, &config, owner);
    size_t used = arena_used(owner);
    Str problem;
    assert_int_equal(etcd_client_keep(client, 1, 1000, NULL, &problem, arena), LEASE_RENEWED);
    assert_int_equal(etcd_client_keep(client, 1, 1000, NULL, &problem, arena), LEASE_RENEWED);
    assert_int_equal(script.next, script.count);
    assert_int_equal(arena_used(owner), used);
    etcd_client_close(client);
}

static void leases(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScriptedAnswer answers[] = {
        {200, "{\"ID\":\"7587862094938812000\",\"TTL\":\"5\"}"},
        {200, "{\"result\":{\"ID\":\"1\",\"TTL\":\"5\"}}"},
        {200, "{\"result\":{\"ID\":\"1\"}}"},
        {404, "{\"message\":\"etcdserver: requested lease not found\"}"},
    };
    ScriptedHttp script = {.answers = answers, .count = ARRAY_COUNT(answers)};
    Io io;
    EtcdClient *client = client_new(&script, "", &io, arena);
    int64_t lease;
    Str problem;
    assert_true(etcd_client_grant(client, 5, NULL, &lease, &problem, arena));
    assert_true(lease == INT64_C(7587862094938812000));
    assert_int_equal(etcd_client_keep(client, lease, 1000, NULL, &problem, arena), LEASE_RENEWED);
    assert_int_equal(etcd_client_keep(client, lease, 1000, NULL, &problem, arena), LEASE_LOST);
    assert_true(etcd_client_revoke(client, lease, NULL, &problem, arena));
    etcd_client_close(client);
}

static void range_ends(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(etcd_client_range_end(STR("ab/"), arena), "ab0");
    check_str(etcd_client_range_end(STR("a\xff"), arena), "b");
    check_str_equal(etcd_client_range_end(STR("\xff\xff"), arena), STR("\0"));
}

UNIT_MAIN(test_etcd_client) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transaction),  cmocka_unit_test(first_endpoint_that_responds),
        cmocka_unit_test(endpoint_order), cmocka_unit_test(leases),
        cmocka_unit_test(range_ends),     cmocka_unit_test(tokens_in_an_arena_of_their_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
