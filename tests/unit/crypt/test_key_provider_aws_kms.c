/* Requests and metadata of aws_kms, and responses that are not usable. backend/s3_judges runs it
 * against a server. */
#include "key_service.h"

#define CONFIG                                                                                     \
    "{\"kms_key_id\": \"alias/states\", \"key_spec\": \"AES_128\", \"access_key\": \"AK\", "       \
    "\"secret_key\": \"CANARY-secret\", \"region\": \"eu-west-1\"}"
#define KEY16 "MDEyMzQ1Njc4OWFiY2RlZg==" /* 0123456789abcdef */
#define META  "{\"ciphertext_blob\":\"c2VhbGVk\"}"

static const char *no_variable(void *, const char *) {
    return NULL;
}

static void new_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    KeyService service = {
        .code = 200,
        .variable = no_variable,
        .body = "{\"KeyId\":\"x\",\"CiphertextBlob\":\"c2VhbGVk\",\"Plaintext\":\"" KEY16 "\"}"};
    assert_true(key_service_provide(&c, &service, &key_provider_aws_kms, CONFIG, NULL, &result));
    check_str(result.key, "0123456789abcdef");
    check_str(result.metadata, META);
    check_str(service.url, "https://kms.eu-west-1.amazonaws.com");
    check_str(key_service_header(&service, "x-amz-target"), "TrentService.GenerateDataKey");
    check_str(service.sent, "{\"KeyId\":\"alias/states\",\"KeySpec\":\"AES_128\"}");
    assert_true(str_find(key_service_header(&service, "authorization"),
                         STR("/eu-west-1/kms/aws4_request"), 0) != SIZE_MAX);
    crypt_case_close(&c);
}

static void stored_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    KeyService service = {
        .code = 200, .variable = no_variable, .body = "{\"Plaintext\":\"" KEY16 "\"}"};
    assert_true(key_service_provide(&c, &service, &key_provider_aws_kms, CONFIG, META, &result));
    check_str(result.key, "0123456789abcdef");
    check_str(key_service_header(&service, "x-amz-target"), "TrentService.Decrypt");
    check_str(service.sent, "{\"KeyId\":\"alias/states\",\"CiphertextBlob\":\"c2VhbGVk\"}");
    crypt_case_close(&c);
}

static void failures(void **) {
    static const KeyFailure rows[] = {
        {400, "{\"__type\":\"CANARY\"}", META, "\"Decrypt\" with the key \"alias/states\" failed"},
        {403, "{\"__type\":\"CANARY\"}", NULL, "HTTP status 403; check \"kms_key_id\""},
        {200, "{}", META, "the response has no key"},
        {200, "{\"Plaintext\":\"" KEY16 "\"}", NULL, "the response has no encrypted key"},
        {200, "CANARY", META, "cannot be read"},
        {0, "", "{}", "is damaged"},
        {0, "", "{\"ciphertext_blob\":\"?\"}", "is damaged"},
        {0, "", "{\"ciphertext_blob\":\"c2VhbGVk\",\"more\":1}", "is damaged"},
    };
    const KeyService of = {.variable = no_variable};
    key_service_check_failures(&key_provider_aws_kms, CONFIG, &of, rows, ARRAY_COUNT(rows));
}

static void no_region(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    KeyService service = {.code = 200, .variable = no_variable, .body = "{}"};
    assert_false(
        key_service_provide(&c, &service, &key_provider_aws_kms,
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
