/* Requests and metadata of gcp_kms, and responses that are not usable. backend/gcs runs it against
 * a server. */
#include "key_service.h"

#define KEY    "projects/p/locations/l/keyRings/r/cryptoKeys/k"
#define CONFIG "{\"kms_encryption_key\": \"" KEY "\", \"key_length\": 16}"
#define KEY16  "MDEyMzQ1Njc4OWFiY2RlZg==" /* 0123456789abcdef */
#define META   "{\"ciphertext\":\"c2VhbGVk\"}"

static const char *variable(void *, const char *name) {
    return strcmp(name, "GOOGLE_OAUTH_ACCESS_TOKEN") == 0 ? "CANARY-token" : NULL;
}

static void new_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    KeyService service = {
        .code = 200, .variable = variable, .body = "{\"name\":\"x\",\"ciphertext\":\"c2VhbGVk\"}"};
    assert_true(key_service_provide(&c, &service, &key_provider_gcp_kms, CONFIG, NULL, &result));
    assert_int_equal(result.key.len, 16);
    check_str(result.metadata, META);
    check_str(service.url, "https://cloudkms.googleapis.com/v1/" KEY ":encrypt");
    check_str(key_service_header(&service, "authorization"), "Bearer CANARY-token");
    assert_true(str_starts_with(service.sent, STR("{\"plaintext\":\"")));
    assert_int_equal(service.sent.len, strlen("{\"plaintext\":\"\"}") + 24);
    KeyResult other = {0};
    assert_true(key_service_provide(&c, &service, &key_provider_gcp_kms, CONFIG, NULL, &other));
    assert_false(str_equal(result.key, other.key));
    crypt_case_close(&c);
}

static void stored_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    KeyService service = {
        .code = 200, .variable = variable, .body = "{\"plaintext\":\"" KEY16 "\"}"};
    assert_true(key_service_provide(&c, &service, &key_provider_gcp_kms, CONFIG, META, &result));
    check_str(result.key, "0123456789abcdef");
    check_str(service.url, "https://cloudkms.googleapis.com/v1/" KEY ":decrypt");
    check_str(service.sent, META);
    crypt_case_close(&c);
}

static void failures(void **) {
    static const KeyFailure rows[] = {
        {403, "{\"error\":\"CANARY\"}", META, "\"decrypt\" with the key \"" KEY "\" failed"},
        {403, "{\"error\":\"CANARY\"}", NULL, "HTTP status 403; check \"kms_encryption_key\""},
        {200, "{}", META, "the response has no key"},
        {200, "{}", NULL, "the response has no encrypted key"},
        {200, "CANARY", META, "cannot be read"},
        {0, "", "{}", "is damaged"},
        {0, "", "{\"ciphertext\":\"?\"}", "is damaged"},
        {0, "", "{\"ciphertext\":\"c2VhbGVk\",\"more\":1}", "is damaged"},
    };
    const KeyService of = {.variable = variable};
    key_service_check_failures(&key_provider_gcp_kms, CONFIG, &of, rows, ARRAY_COUNT(rows));
}

UNIT_MAIN(test_key_provider_gcp_kms) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_key),
        cmocka_unit_test(stored_key),
        cmocka_unit_test(failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
