/* Requests as JSON, retries, and responses that are no answers of Consul. */
#include "scripted_http.h"

#include "consul_client.h"
#include "consul_settings.h"

static const CancelToken *no_cancel;

static ConsulClient client_of(const Io *io) {
    return (ConsulClient){
        .io = io,
        .config = {.base = STR("http://c/x"), .datacenter = STR("d 1")},
        .cancel = &no_cancel,
    };
}

static Str body_of(Arena *arena) {
    ConsulOperations operations = {0};
    vec_push(arena, &operations,
             ((ConsulOperation){
                 .verb = CONSUL_CHECK_SESSION, .key = STR("p/.lock"), .session = STR("s")}));
    vec_push(
        arena, &operations,
        ((ConsulOperation){.verb = CONSUL_CAS, .key = STR("p"), .value = STR("v"), .index = 7}));
    vec_push(arena, &operations,
             ((ConsulOperation){.verb = CONSUL_LOCK, .key = STR("k"), .session = STR("s")}));
    vec_push(arena, &operations, ((ConsulOperation){.verb = CONSUL_DELETE_TREE, .key = STR("t")}));
    return consul_client_encode(&operations, arena);
}

#define BODY                                                                                       \
    "[{\"KV\":{\"Verb\":\"check-session\",\"Key\":\"p/.lock\",\"Session\":\"s\"}},"                \
    "{\"KV\":{\"Verb\":\"cas\",\"Key\":\"p\",\"Value\":\"dg==\",\"Index\":7}},"                    \
    "{\"KV\":{\"Verb\":\"lock\",\"Key\":\"k\",\"Session\":\"s\",\"Flags\":3304740253564472344}},"  \
    "{\"KV\":{\"Verb\":\"delete-tree\",\"Key\":\"t\"}}]"

/* The number of the flags, the datacenter, and the index of the changed key. */
static void transaction(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScriptedAnswer answers[] = {
        {200, "{\"Results\":[{\"KV\":{\"Key\":\"p\",\"Value\":null,\"ModifyIndex\":12}}],"
              "\"Errors\":null}"}};
    ScriptedHttp script = {.answers = answers, .count = 1};
    Io io = scripted_http_io(&script, arena);
    ConsulClient client = client_of(&io);
    ConsulReply reply;
    Str problem;
    assert_int_equal(consul_client_txn(&client, body_of(arena), &reply, &problem, arena),
                     CONSUL_DONE);
    check_str(strbuf_str(&script.diary), "PUT http://c/x/v1/txn?dc=d%201 " BODY "\n");
    assert_int_equal(reply.changed.count, 1);
    assert_int_equal(reply.changed.items[0].index, 12);
    assert_false(reply.is_retry);
}

typedef struct Row {
    ScriptedAnswer answers[3];
    ConsulStatus wanted;
    bool is_retry;
    const char *problem;
} Row;

#define CONFLICT(what)                                                                             \
    "{\"Results\":null,\"Errors\":[{\"OpIndex\":0,\"What\":\"" what "\"},"                         \
    "{\"OpIndex\":1,\"What\":\"x\"}]}"

static const Row rows[] = {
    {{{409, CONFLICT("index is stale")}}, CONSUL_CONFLICT, false, "index is stale; x"},
    {{{0, NULL}, {500, "No cluster leader"}, {409, CONFLICT("held")}},
     CONSUL_CONFLICT,
     true,
     "held; x"},
    {{{409, CONFLICT("Permission denied")}}, CONSUL_FAILED, false, "Permission denied; x"},
    {{{403, "Permission denied\n"}}, CONSUL_FAILED, false, "HTTP status 403, Permission denied"},
    {{{413, ""}}, CONSUL_FAILED, false, "HTTP status 413"},
    {{{404, "not here"}}, CONSUL_FAILED, false, "the response is not that of a Consul server"},
    {{{200, "<html>"}}, CONSUL_FAILED, false, "the response is not that of a Consul server"},
};

static void failures(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        ScriptedHttp script = {.answers = rows[i].answers, .count = 3};
        Io io = scripted_http_io(&script, arena);
        ConsulClient client = client_of(&io);
        ConsulReply reply;
        Str problem = STR_EMPTY;
        assert_int_equal(consul_client_txn(&client, body_of(arena), &reply, &problem, arena),
                         rows[i].wanted);
        check_str(problem, rows[i].problem);
        assert_int_equal(reply.is_retry, rows[i].is_retry);
    }
}

/* The 404 of another web server must not pass for a store without a state. */
static void foreign_server(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ScriptedAnswer answers[] = {{404, ""}, {404, ""}, {404, ""}};
    ScriptedHttp script = {.answers = answers, .count = 3};
    Io io = scripted_http_io(&script, arena);
    ConsulClient client = client_of(&io);
    ConsulPair pair;
    ConsulPairs pairs = {0};
    StrVec names = {0};
    Str problem;
    assert_int_equal(consul_client_get(&client, STR("a b/c"), &pair, &problem, arena),
                     CONSUL_FAILED);
    check_str(problem, "the response is not that of a Consul server");
    assert_int_equal(consul_client_list(&client, STR("a"), &pairs, &problem, arena), CONSUL_FAILED);
    assert_int_equal(consul_client_names(&client, STR("a"), true, &names, &problem, arena),
                     CONSUL_FAILED);
    check_str(strbuf_str(&script.diary),
              " http://c/x/v1/kv/a%20b/c?consistent&dc=d%201 \n"
              " http://c/x/v1/kv/a?recurse&consistent&dc=d%201 \n"
              " http://c/x/v1/kv/a?keys&consistent&separator=%2F&dc=d%201 \n");
}

static void exposed(void **) {
    static const struct {
        const char *base, *token, *password;
        bool wanted;
    } cases[] = {
        {"http://c.test:8500", "t", "", true},      {"http://c.test:8500", "", "p", true},
        {"http://c.test:8500", "", "", false},      {"https://c.test:8500", "t", "p", false},
        {"http://127.0.0.1:8500", "t", "p", false}, {"http://localhost/x", "t", "p", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ConsulConfig config = {.base = str_from_cstr(cases[i].base),
                               .token = str_from_cstr(cases[i].token),
                               .password = str_from_cstr(cases[i].password)};
        assert_int_equal(consul_settings_is_exposed(&config), cases[i].wanted);
    }
}

UNIT_MAIN(test_consul_client) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(transaction),
        cmocka_unit_test(failures),
        cmocka_unit_test(foreign_server),
        cmocka_unit_test(exposed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
