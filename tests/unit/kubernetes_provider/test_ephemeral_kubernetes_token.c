/* ephemeral kubernetes_token: requests, times of renewal, and a new token. */
#include "cluster.h"
#include "kube_script.h"
#include "kubernetes_provider.h"
#include "resource_case.h"

#define REPLY(token, seconds)                                                                      \
    "{\"spec\":{\"expirationSeconds\":" seconds "},\"status\":{\"token\":\"" token                 \
    "\",\"expirationTimestamp\":\"2026-01-01T00:00:00Z\"}}"

typedef struct TokenCase {
    KubeScript script;
    ResourceCase c;
    Cluster *cluster;
} TokenCase;

/* Points into `token`, which must not move. */
static void token_case_open(TokenCase *token, const KubeScriptRow *rows, size_t count) {
    token->c = case_open(&ephemeral_kubernetes_token);
    kube_script_open(&token->script, rows, count, NULL, token->c.arena);
    token->c.io = token->script.io;
    token->cluster = cluster_open(&token->c.io, &token->script.target, NULL, NULL, token->c.arena);
    token->c.call.client = token->cluster;
}

static void token_case_close(TokenCase *token) {
    assert_int_equal(token->script.next, token->script.count);
    cluster_close(token->cluster);
    kube_client_close(token->script.client);
    case_close(&token->c);
}

static void is_renewed_after_four_fifths(void **) {
    static const KubeScriptRow rows[] = {
        {.code = 201, .body = REPLY("first", "600")},
        {.code = 201, .body = REPLY("second", "3607")},
    };
    TokenCase token;
    int64_t renew_at_ms = 0;
    token_case_open(&token, rows, ARRAY_COUNT(rows));
    ResourceCase *c = &token.c;
    check_done(c, case_open_ephemeral(c,
                                      "{\"metadata\":{\"name\":\"robot\",\"namespace\":\"x\"},"
                                      "\"spec\":{\"audiences\":[\"a\"],\"expiration_seconds\":600,"
                                      "\"bound_object_ref\":{\"kind\":\"Pod\",\"name\":\"p\"}}}",
                                      &renew_at_ms));
    check_str(case_text(c, "token"), "first");
    check_str(case_text(c, "expiration_timestamp"), "2026-01-01T00:00:00Z");
    assert_int_equal(renew_at_ms, token.script.now_ms + 480000);
    check_str(token.script.requests.items[0],
              "POST /api/v1/namespaces/x/serviceaccounts/robot/token");
    check_str(token.script.last.body,
              "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{"
              "\"audiences\":[\"a\"],\"expirationSeconds\":600,\"boundObjectRef\":{\"kind\":"
              "\"Pod\",\"name\":\"p\"}}}");
    token.script.now_ms = renew_at_ms;
    RenewRequest request = {c->private_data};
    RenewResponse response;
    check_done(c, object_type_renew(case_call(c), &request, &response, &c->diags));
    check_str(value_text_at(response.result, STR("token")), "second");
    assert_int_equal(response.renew_at_ms, token.script.now_ms + INT64_C(3607) * 800);
    check_str(token.script.requests.items[1],
              "POST /api/v1/namespaces/x/serviceaccounts/robot/token");
    assert_true(str_find(token.script.last.body, STR("\"audiences\":[\"a\"]"), 0) != SIZE_MAX);
    token_case_close(&token);
}

/* Without arguments the server chooses; a connection that breaks is no reason to fail. */
static void defaults_are_those_of_the_server(void **) {
    static const KubeScriptRow rows[] = {
        {.transport = HTTP_LOST},
        {.code = 201, .body = "{\"status\":{\"token\":\"t\"}}"},
    };
    TokenCase token;
    int64_t renew_at_ms = -1;
    token_case_open(&token, rows, ARRAY_COUNT(rows));
    check_done(&token.c,
               case_open_ephemeral(&token.c, "{\"metadata\":{\"name\":\"robot\"}}", &renew_at_ms));
    assert_int_equal(renew_at_ms, 0);
    check_str(token.script.requests.items[1],
              "POST /api/v1/namespaces/default/serviceaccounts/robot/token");
    check_str(
        token.script.last.body,
        "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"TokenRequest\",\"spec\":{}}");
    token_case_close(&token);
}

UNIT_MAIN(test_ephemeral_kubernetes_token) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_renewed_after_four_fifths),
        cmocka_unit_test(defaults_are_those_of_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
