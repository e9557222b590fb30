/* key_server and key_provider openbao against a scripted server: the exact requests, and every
 * response that is not usable. tests/command/key_servers has a server that encrypts. */
#include "crypt_case.h"
#include "key_server.h"

typedef struct Script {
    int code;
    const char *body;
    HttpStatus status;
    HttpRequest last;
    Str sent; /* copy of the body of the last request */
    int count;
    Arena *arena;
    Http http;
    Io io;
} Script;

static const char *environment(void *, const char *name) {
    if (strcmp(name, "BAO_TOKEN") == 0)
        return "CANARY-token";
    return strcmp(name, "VAULT_NAMESPACE") == 0 ? "team" : NULL;
}

static HttpStatus script_attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                                 HttpResponse *response, Str *, Arena *) {
    Script *script = self;
    script->last = *request;
    script->sent = str_clone(request->body, script->arena);
    script->count++;
    if (script->status != HTTP_DONE)
        return script->status;
    response->code = script->code;
    assert_int_equal(sink->write(sink->payload, str_from_cstr(script->body)), 0);
    return HTTP_DONE;
}

static bool quick_sleep(void *, int64_t, const CancelToken *) {
    return true;
}

static Script *script_of(CryptCase *c, int code, const char *body) {
    static const Process process = {.environment = environment};
    Script *script = arena_new(c->arena, Script);
    Clock *clock = arena_new(c->arena, Clock);
    *clock = *c->io.clock;
    clock->sleep_ms = quick_sleep;
    *script = (Script){.code = code, .body = body, .arena = c->arena};
    script->http = (Http){.self = script, .attempt = script_attempt};
    script->io = c->io;
    script->io.http = &script->http;
    script->io.process = &process;
    script->io.clock = clock;
    return script;
}

static bool provide(CryptCase *c, Script *script, const char *config, const char *stored,
                    KeyResult *out) {
    Str metadata = str_from_cstr(stored);
    KeyRequest request = {
        .io = &script->io,
        .name = STR("key_provider.openbao.k"),
        .config = crypt_case_config(c, &key_provider_openbao.schema, config),
        .stored = stored ? &metadata : NULL,
    };
    return key_provider_openbao.provide(&request, out, c->arena, &c->diags);
}

#define KEY16 "MDEyMzQ1Njc4OWFiY2RlZg==" /* 0123456789abcdef */
#define CONFIG                                                                                     \
    "{\"key_name\": \"a/b\", \"key_length\": 16, \"transit_engine_path\": \"/t/u/\", "             \
    "\"address\": \"https://keys.example:8200/\"}"

static void test_new_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    Script *script =
        script_of(&c, 200,
                  "{\"data\": {\"plaintext\": \"" KEY16
                  "\", \"ciphertext\": \"vault:v1:QQ==\", \"key_version\": 1}, \"auth\": null}");
    assert_true(provide(&c, script, CONFIG, NULL, &result));
    check_str(result.key, "0123456789abcdef");
    check_str(result.metadata, "{\"ciphertext\":\"dmF1bHQ6djE6UVE9PQ==\"}");
    check_str(script->last.url, "https://keys.example:8200/v1/t/u/datakey/plaintext/a%2Fb");
    check_str(script->last.method, "POST");
    check_str(script->sent, "{\"bits\": 128}");
    assert_true(script->last.redirect_limit < 0);
    Str headers = STR_EMPTY;
    vec_each(&script->last.headers, header) {
        headers = str_format(c.arena, "%.*s%.*s: %.*s\n", STR_ARG(headers), STR_ARG(header->name),
                             STR_ARG(header->value));
    }
    check_str(headers, "Content-Type: application/json\nX-Vault-Request: true\n"
                       "X-Vault-Token: CANARY-token\nX-Vault-Namespace: team\n");
    crypt_case_close(&c);
}

static void test_stored_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    Script *script = script_of(&c, 200, "{\"data\": {\"plaintext\": \"" KEY16 "\"}}");
    assert_true(provide(&c, script, "{\"key_name\": \"k\"}",
                        "{\"ciphertext\": \"dmF1bHQ6djE6UVE9PQ==\"}", &result));
    check_str(result.key, "0123456789abcdef");
    check_str(script->last.url, "https://127.0.0.1:8200/v1/transit/decrypt/k");
    check_str(script->sent, "{\"ciphertext\":\"vault:v1:QQ==\"}");
    crypt_case_close(&c);
}

/* Each error names provider, operation and key, and quotes nothing of the response. */
static void test_bad_responses(void **) {
    static const struct {
        int code;
        const char *body, *part;
        HttpStatus status;
        int attempts;
        DiagClass class;
    } cases[] = {
        {400, "CANARY", "HTTP status 400; check \"key_name\": no key", HTTP_DONE, 1, DIAG_OTHER},
        {403, "{\"errors\": [\"CANARY\"]}", "HTTP status 403; check whether \"token\"", HTTP_DONE,
         1, DIAG_DENIED},
        {404, "CANARY", "HTTP status 404; check \"transit_engine_path\"", HTTP_DONE, 1, DIAG_OTHER},
        {412, "CANARY", "HTTP status 412; check \"key_name\", \"tr", HTTP_DONE, 1, DIAG_OTHER},
        {429, "CANARY", "HTTP status 429; the server limits", HTTP_DONE, 3, DIAG_UNREACHABLE},
        {307, "CANARY", "the server that it redirects to", HTTP_DONE, 1, DIAG_OTHER},
        {204, "", "HTTP status 204", HTTP_DONE, 1, DIAG_OTHER},
        {500, "CANARY", "HTTP status 500; see the log", HTTP_DONE, 3, DIAG_UNREACHABLE},
        {503, "CANARY", "HTTP status 503; the server is sealed", HTTP_DONE, 3, DIAG_UNREACHABLE},
        {0, "", "did not respond", HTTP_NO_CONNECTION, 3, DIAG_UNREACHABLE},
        {0, "", "did not respond", HTTP_BAD_CERTIFICATE, 1, DIAG_UNREACHABLE},
        {200, "CANARY", "cannot be read", HTTP_DONE, 1, DIAG_OTHER},
        {200, "", "cannot be read", HTTP_DONE, 1, DIAG_OTHER},
        {200, "[\"CANARY\"]", "cannot be read", HTTP_DONE, 1, DIAG_OTHER},
        {200, "{\"data\": {\"plaintext\": \"CANARY??\"}}", "cannot be read", HTTP_DONE, 1,
         DIAG_OTHER},
        {200, "{\"data\": {\"plaintext\": 7}}", "cannot be read", HTTP_DONE, 1, DIAG_OTHER},
        {200, "{\"data\": {}}", "no key", HTTP_DONE, 1, DIAG_OTHER},
        {200, "{\"data\": {\"plaintext\": \"\"}}", "no key", HTTP_DONE, 1, DIAG_OTHER},
        {200, "{}", "no key", HTTP_DONE, 1, DIAG_OTHER},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        for (int seals = 0; seals < 2; seals++) {
            CryptCase c = crypt_case_open();
            KeyResult result = {0};
            Script *script = script_of(&c, cases[i].code, cases[i].body);
            script->status = cases[i].status;
            assert_false(provide(&c, script, "{\"key_name\": \"master\"}",
                                 seals ? NULL : "{\"ciphertext\": \"QQ==\"}", &result));
            assert_int_equal(c.diags.error_count, 1);
            assert_int_equal(script->count, cases[i].attempts);
            assert_int_equal(c.diags.items[0].class, cases[i].class);
            Str detail = c.diags.items[0].detail;
            const char *operation = seals ? "\"datakey/plaintext\"" : "\"decrypt\"";
            if (str_find(detail, str_from_cstr(cases[i].part), 0) == SIZE_MAX ||
                str_find(detail, STR("key_provider.openbao.k"), 0) == SIZE_MAX ||
                str_find(detail, str_from_cstr(operation), 0) == SIZE_MAX ||
                str_find(detail, STR("\"master\""), 0) == SIZE_MAX ||
                str_find(detail, STR("CANARY"), 0) != SIZE_MAX)
                fail_msg("%d %s: %.*s", cases[i].code, cases[i].body, STR_ARG(detail));
            crypt_case_close(&c);
        }
    }
}

static void test_unusable_data_keys(void **) {
    static const char *const bodies[] = {
        "{\"data\": {\"plaintext\": \"" KEY16 "\", \"ciphertext\": \"vault:v1:QQ==\"}}",
        "{\"data\": {\"plaintext\": \"" KEY16 KEY16 "\"}}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(bodies); i++) {
        CryptCase c = crypt_case_open();
        KeyResult result = {0};
        assert_false(
            provide(&c, script_of(&c, 200, bodies[i]), "{\"key_name\": \"k\"}", NULL, &result));
        check_str(crypt_case_errors(&c.diags, c.arena), "Key server failed\n");
        crypt_case_close(&c);
    }
}

/* Requests carry tokens and keys, so none leaves for such an address. */
static void test_bad_addresses(void **) {
    static const char *const addresses[] = {
        "http://keys.example:8200",
        "http://127.0.0.1.example",
        "http://127.0.0.1@keys.example",
        "ftp://127.0.0.1",
        "keys.example",
        "https://",
    };
    for (size_t i = 0; i < ARRAY_COUNT(addresses); i++) {
        CryptCase c = crypt_case_open();
        KeyResult result = {0};
        Script *script = script_of(&c, 200, "{}");
        Str config =
            str_format(c.arena, "{\"key_name\": \"k\", \"address\": \"%s\"}", addresses[i]);
        assert_false(provide(&c, script, str_to_cstr(config, c.arena), NULL, &result));
        assert_int_equal(script->count, 0);
        crypt_case_close(&c);
    }
}

static void test_damaged_metadata(void **) {
    static const char *const texts[] = {
        "",
        "{}",
        "[]",
        "{\"ciphertext\":\"\"}",
        "{\"ciphertext\":\"?\"}",
        "{\"ciphertext\":\"QQ==\",\"salt\":1}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        CryptCase c = crypt_case_open();
        KeyResult result = {0};
        Script *script = script_of(&c, 200, "{}");
        assert_false(provide(&c, script, "{\"key_name\": \"k\"}", texts[i], &result));
        check_str(crypt_case_errors(&c.diags, c.arena), "Damaged key metadata\n");
        assert_int_equal(script->count, 0);
        crypt_case_close(&c);
    }
}

UNIT_MAIN(test_key_server) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new_key),       cmocka_unit_test(test_stored_key),
        cmocka_unit_test(test_bad_responses), cmocka_unit_test(test_unusable_data_keys),
        cmocka_unit_test(test_bad_addresses), cmocka_unit_test(test_damaged_metadata),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
