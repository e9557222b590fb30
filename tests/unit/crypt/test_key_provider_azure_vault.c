/* Requests and metadata of azure_vault, and responses that are not usable. backend/azure_vault runs
 * it against a vault. */
#include "key_service.h"

#define LOGIN  "{\"access_token\":\"CANARY-token\",\"expires_in\":3600}"
#define COMMON "\"vault_key_name\": \"k\", \"key_length\": 16, \"use_msi\": true"
#define CONFIG "{\"vault_uri\": \"https://keys.vault.azure.net/\", " COMMON "}"
#define AES                                                                                        \
    "{\"vault_uri\": \"https://h.managedhsm.azure.net\", \"symmetric\": true, "                    \
    "\"symmetric_key_size\": 192, " COMMON "}"
#define KEY16  "MDEyMzQ1Njc4OWFiY2RlZg" /* 0123456789abcdef */
#define KID    "\"kid\":\"https://keys.vault.azure.net/keys/k/v1\""
#define SEALED "{" KID ",\"value\":\"-_8\"}"
#define META                                                                                       \
    "{\"ciphertext\":\"+/8=\",\"iv\":null,\"authentication_tag\":null,"                            \
    "\"additional_authenticated_data\":null,\"key_version\":\"v1\",\"algo\":\"RSA-OAEP-256\"}"
#define AES_META                                                                                   \
    "{\"ciphertext\":\"+/8=\",\"iv\":\"aXY=\",\"authentication_tag\":\"dGFn\","                    \
    "\"additional_authenticated_data\":\"YWFk\",\"key_version\":\"v1\",\"algo\":\"A192GCM\"}"

static const char *no_variable(void *, const char *) {
    return NULL;
}

static const KeyService vault = {.code = 200, .login = LOGIN, .variable = no_variable};

static void new_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0}, other = {0};
    KeyService service = vault;
    service.body = SEALED;
    assert_true(
        key_service_provide(&c, &service, &key_provider_azure_vault, CONFIG, NULL, &result));
    assert_int_equal(result.key.len, 16);
    check_str(result.metadata, META);
    check_str(service.url, "https://keys.vault.azure.net/keys/k/encrypt?api-version=7.4");
    check_str(key_service_header(&service, "authorization"), "Bearer CANARY-token");
    assert_true(str_starts_with(service.sent, STR("{\"alg\":\"RSA-OAEP-256\",\"value\":\"")));
    assert_true(key_service_provide(&c, &service, &key_provider_azure_vault, CONFIG, NULL, &other));
    assert_false(str_equal(result.key, other.key));
    crypt_case_close(&c);
}

static void stored_key(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    KeyService service = vault;
    service.body = "{" KID ",\"value\":\"" KEY16 "\"}";
    assert_true(
        key_service_provide(&c, &service, &key_provider_azure_vault, CONFIG, META, &result));
    check_str(result.key, "0123456789abcdef");
    check_str(service.url, "https://keys.vault.azure.net/keys/k/v1/decrypt?api-version=7.4");
    check_str(service.sent, "{\"alg\":\"RSA-OAEP-256\",\"value\":\"-_8\"}");
    crypt_case_close(&c);
}

static void symmetric(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    KeyService service = vault;
    service.body = "{" KID ",\"value\":\"-_8\",\"iv\":\"aXY\",\"tag\":\"dGFn\",\"aad\":\"YWFk\"}";
    assert_true(key_service_provide(&c, &service, &key_provider_azure_vault, AES, NULL, &result));
    check_str(result.metadata, AES_META);
    assert_true(str_starts_with(service.sent, STR("{\"alg\":\"A192GCM\",\"value\":\"")));
    service.body = "{" KID ",\"value\":\"" KEY16 "\"}";
    /* The stored algorithm counts, also if the configuration has another one. */
    assert_true(
        key_service_provide(&c, &service, &key_provider_azure_vault, CONFIG, AES_META, &result));
    check_str(service.sent, "{\"alg\":\"A192GCM\",\"value\":\"-_8\",\"iv\":\"aXY\",\"tag\":"
                            "\"dGFn\",\"aad\":\"YWFk\"}");
    crypt_case_close(&c);
}

static void failures(void **) {
    static const KeyFailure rows[] = {
        {403, "{\"error\":\"CANARY\"}", META, "\"decrypt\" with the key \"k/v1\" failed"},
        {403, "{\"error\":\"CANARY\"}", NULL, "HTTP status 403; check \"vault_uri\""},
        {200, "{}", META, "the response has no key"},
        {200, "{" KID ",\"value\":\"?\"}", META, "the response has no key"},
        {200, "{\"value\":\"-_8\"}", NULL, "does not name the version"},
        {200, "{\"kid\":\"https://x/keys/k/?\",\"value\":\"-_8\"}", NULL,
         "does not name the version"},
        {200, "CANARY", META, "cannot be read"},
        {0, "", "{}", "is damaged"},
        {0, "", "{\"ciphertext\":\"?\"}", "is damaged"},
        {0, "", "{\"ciphertext\":\"+/8=\",\"key_version\":\"../x\",\"algo\":\"A192GCM\"}",
         "is damaged"},
        {0, "", "{\"ciphertext\":\"+/8=\",\"key_version\":\"v\",\"algo\":\"\"}", "is damaged"},
    };
    key_service_check_failures(&key_provider_azure_vault, CONFIG, &vault, rows, ARRAY_COUNT(rows));
}

UNIT_MAIN(test_key_provider_azure_vault) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(new_key),
        cmocka_unit_test(stored_key),
        cmocka_unit_test(symmetric),
        cmocka_unit_test(failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
