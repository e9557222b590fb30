/* Requests and metadata of aws_kms, and responses that are not usable. backend/s3_judges runs it
 * against a server. */
#include "crypt_case.h"
#include "key_provider.h"

#define CONFIG                                                                                     \
    "{\"kms_key_id\": \"alias/states\", \"key_spec\": \"AES_128\", \"access_key\": \"AK\", "       \
    "\"secret_key\": \"CANARY-secret\", \"region\": \"eu-west-1\"}"
#define KEY16 "MDEyMzQ1Njc4OWFiY2RlZg==" /* 0123456789abcdef */
#define META  "{\"ciphertext_blob\":\"c2VhbGVk\"}"

typedef struct Service {
    int code;
    const char *body;
    Str url;
    Str sent;
    Str target;
    Str authorization;
    int count;
    Arena *arena;
    Http http;
    Io io;
} Service;

static const char *no_variable(void *, const char *) {
    return NULL;
}

static HttpStatus service_attempt(void *self, const HttpRequest *request, const HttpSink *sink,
                                  HttpResponse *response, Str *, Arena *) {
    Service *service = self;
    service->url = str_clone(request->url, service->arena);
    service->sent = str_clone(request->body, service->arena);
    service->count++;
    vec_each(&request->headers, header) {
        if (str_equal(header->name, STR("x-amz-target")))
            service->target = str_clone(header->value, service->arena);
        if (str_equal_cstr(header->name, "authorization") ||
            str_equal_cstr(header->name, "Authorization"))
            service->authorization = str_clone(header->value, service->arena);
    }
    assert_true(request->redirect_limit < 0);
    response->code = service->code;
    assert_int_equal(sink->write(sink->payload, str_from_cstr(service->body)), 0);
    return HTTP_DONE;
}

static bool provide(CryptCase *c, Service *service, const char *config, const char *stored,
                    KeyResult *out) {
    static const Process process = {.environment = no_variable};
    Str metadata = str_from_cstr(stored);
    service->arena = c->arena;
    service->http = (Http){.self = service, .attempt = service_attempt};
    service->io = c->io;
    service->io.http = &service->http;
    service->io.process = &process;
    KeyRequest request = {
        .io = &service->io,
        .name = STR("key_provider.aws_kms.k"),
        .config = crypt_case_config(c, &key_provider_aws_kms.schema, config),
        .stored = stored ? &metadata : NULL,
    };
    return key_provider_aws_kms.provide(&request, out, c->arena, &c->diags);
}

static void new_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    Service service = {
        .code = 200,
        .body = "{\"KeyId\":\"x\",\"CiphertextBlob\":\"c2VhbGVk\",\"Plaintext\":\"" KEY16 "\"}"};
    assert_true(provide(&c, &service, CONFIG, NULL, &result));
    check_str(result.key, "0123456789abcdef");
    check_str(result.metadata, META);
    check_str(service.url, "https://kms.eu-west-1.amazonaws.com");
    check_str(service.target, "TrentService.GenerateDataKey");
    check_str(service.sent, "{\"KeyId\":\"alias/states\",\"KeySpec\":\"AES_128\"}");
    assert_true(str_find(service.authorization, STR("/eu-west-1/kms/aws4_request"), 0) != SIZE_MAX);
    crypt_case_close(&c);
}

static void stored_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    Service service = {.code = 200, .body = "{\"Plaintext\":\"" KEY16 "\"}"};
    assert_true(provide(&c, &service, CONFIG, META, &result));
    check_str(result.key, "0123456789abcdef");
    check_str(service.target, "TrentService.Decrypt");
    check_str(service.sent, "{\"KeyId\":\"alias/states\",\"CiphertextBlob\":\"c2VhbGVk\"}");
    crypt_case_close(&c);
}

static void failures(void **) {
    static const struct {
        int code;
        const char *body, *stored, *part;
    } rows[] = {
        {400, "{\"__type\":\"CANARY\"}", META, "\"Decrypt\" with the key \"alias/states\" failed"},
        {403, "{\"__type\":\"CANARY\"}", NULL, "HTTP status 403; check \"kms_key_id\""},
        {200, "{}", META, "the response has no key"},
        {200, "{\"Plaintext\":\"" KEY16 "\"}", NULL, "the response has no encrypted key"},
        {200, "CANARY", META, "cannot be read"},
        {0, "", "{}", "is damaged"},
        {0, "", "{\"ciphertext_blob\":\"?\"}", "is damaged"},
        {0, "", "{\"ciphertext_blob\":\"c2VhbGVk\",\"more\":1}", "is damaged"},
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

static void no_region(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    Service service = {.code = 200, .body = "{}"};
    assert_false(provide(&c, &service,
                         "{\"kms_key_id\": \"k\", \"key_spec\": \"AES_256\", \"access_key\": "
                         "\"AK\", \"secret_key\": \"s\"}",
                         NULL, &result));
    assert_true(str_find(c.diags.items[0].detail, STR("set \"region\" in the block"), 0) !=
                SIZE_MAX);
    assert_int_equal(service.count, 0);
    crypt_case_close(&c);
}

UNIT_MAIN(test_key_provider_aws_kms) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_key),
        cmocka_unit_test(stored_key),
        cmocka_unit_test(failures),
        cmocka_unit_test(no_region),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
