/* Requests and metadata of gcp_kms, and responses that are not usable. backend/gcs runs it against
 * a server. */
#include "crypt_case.h"
#include "key_provider.h"

#define KEY    "projects/p/locations/l/keyRings/r/cryptoKeys/k"
#define CONFIG "{\"kms_encryption_key\": \"" KEY "\", \"key_length\": 16}"
#define KEY16  "MDEyMzQ1Njc4OWFiY2RlZg==" /* 0123456789abcdef */
#define META   "{\"ciphertext\":\"c2VhbGVk\"}"

typedef struct Service {
    int code;
    const char *body;
    Str url;
    Str sent;
    Str token;
    int count;
    Arena *arena;
    Http http;
    Io io;
} Service;

static const char *variable(void *, const char *name) {
    return strcmp(name, "GOOGLE_OAUTH_ACCESS_TOKEN") == 0 ? "CANARY-token" : NULL;
}

static HttpStatus service_attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                                  HttpResponse *response, Str *, Arena *) {
    Service *service = self;
    service->url = str_clone(request->url, service->arena);
    service->sent = str_clone(request->body, service->arena);
    service->count++;
    vec_each(&request->headers, header) {
        if (str_equal(header->name, STR("authorization")))
            service->token = str_clone(header->value, service->arena);
    }
    assert_true(request->redirect_limit < 0);
    response->code = service->code;
    assert_int_equal(sink->write(sink->payload, str_from_cstr(service->body)), 0);
    return HTTP_DONE;
}

static bool provide(CryptCase *c, Service *service, const char *config, const char *stored,
                    KeyResult *out) {
    static const Process process = {.environment = variable};
    Str metadata = str_from_cstr(stored);
    service->arena = c->arena;
    service->http = (Http){.self = service, .attempt = service_attempt};
    service->io = c->io;
    service->io.http = &service->http;
    service->io.process = &process;
    KeyRequest request = {
        .io = &service->io,
        .name = STR("key_provider.gcp_kms.k"),
        .config = crypt_case_config(c, &key_provider_gcp_kms.schema, config),
        .stored = stored ? &metadata : NULL,
    };
    return key_provider_gcp_kms.provide(&request, out, c->arena, &c->diags);
}

static void new_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    Service service = {.code = 200, .body = "{\"name\":\"x\",\"ciphertext\":\"c2VhbGVk\"}"};
    assert_true(provide(&c, &service, CONFIG, NULL, &result));
    assert_int_equal(result.key.len, 16);
    check_str(result.metadata, META);
    check_str(service.url, "https://cloudkms.googleapis.com/v1/" KEY ":encrypt");
    check_str(service.token, "Bearer CANARY-token");
    assert_true(str_starts_with(service.sent, STR("{\"plaintext\":\"")));
    assert_int_equal(service.sent.len, strlen("{\"plaintext\":\"\"}") + 24);
    KeyResult other = {0};
    assert_true(provide(&c, &service, CONFIG, NULL, &other));
    assert_false(str_equal(result.key, other.key));
    crypt_case_close(&c);
}

static void stored_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    Service service = {.code = 200, .body = "{\"plaintext\":\"" KEY16 "\"}"};
    assert_true(provide(&c, &service, CONFIG, META, &result));
    check_str(result.key, "0123456789abcdef");
    check_str(service.url, "https://cloudkms.googleapis.com/v1/" KEY ":decrypt");
    check_str(service.sent, META);
    crypt_case_close(&c);
}

static void failures(void **) {
    static const struct {
        int code;
        const char *body, *stored, *part;
    } rows[] = {
        {403, "{\"error\":\"CANARY\"}", META, "\"decrypt\" with the key \"" KEY "\" failed"},
        {403, "{\"error\":\"CANARY\"}", NULL, "HTTP status 403; check \"kms_encryption_key\""},
        {200, "{}", META, "the response has no key"},
        {200, "{}", NULL, "the response has no encrypted key"},
        {200, "CANARY", META, "cannot be read"},
        {0, "", "{}", "is damaged"},
        {0, "", "{\"ciphertext\":\"?\"}", "is damaged"},
        {0, "", "{\"ciphertext\":\"c2VhbGVk\",\"more\":1}", "is damaged"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        CryptCase c = crypt_case_open();
        KeyResult result = {0};
        Service service = {.code = rows[i].code, .body = rows[i].body};
        assert_false(provide(&c, &service, CONFIG, rows[i].stored, &result));
        assert_int_equal(c.diags.error_count, 1);
        assert_int_equal(service.count, rows[i].code ? 1 : 0);
        Str detail = c.diags.items[0].detail;
        if (str_find(detail, str_from_cstr(rows[i].part), 0) == SIZE_MAX)
            fail_msg("row %zu: %.*s", i, STR_ARG(detail));
        assert_true(str_find(detail, STR("CANARY"), 0) == SIZE_MAX);
        crypt_case_close(&c);
    }
}

UNIT_MAIN(test_key_provider_gcp_kms) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_key),
        cmocka_unit_test(stored_key),
        cmocka_unit_test(failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
