/* key_provider pbkdf2: the same keys as other programs; metadata; rejected arguments. */
#include "crypt_case.h"
#include "hex.h"

static bool provide(CryptCase *c, const char *json, const char *stored, Str chained,
                    KeyResult *out) {
    Str metadata = str_from_cstr(stored);
    KeyRequest request = {
        .io = &c->io,
        .name = STR("key_provider.pbkdf2.k"),
        .config = crypt_case_config(c, &key_provider_pbkdf2.schema, json),
        .chained = chained,
        .stored = stored ? &metadata : NULL,
    };
    return key_provider_pbkdf2.provide(&request, out, c->arena, &c->diags);
}

/* Derived by another program. */
static void test_known_keys(void **) {
    static const struct {
        const char *stored, *key;
    } cases[] = {
        {"{\"salt\":\"MDEyMzQ1Njc4OWFiY2RlZg==\",\"iterations\":200000,\"hash_function\":"
         "\"sha512\",\"key_length\":32}",
         "43825802be1765137fd4e3dece701c5acdb89e59d48bc502930cc55297afaaf2"},
        {"{\"salt\":\"MDEyMzQ1Njc4OWFiY2RlZg==\",\"iterations\":200000,\"hash_function\":"
         "\"sha256\",\"key_length\":16}",
         "d3f41bcff81f8de60083ce7006155276"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        CryptCase c = crypt_case_open();
        KeyResult result = {0};
        assert_true(provide(&c, "{\"passphrase\": \"" PASSPHRASE "\"}", cases[i].stored, (Str){0},
                            &result));
        check_str(hex_encode(result.key, c.arena), cases[i].key);
        result = (KeyResult){0};
        assert_true(provide(&c, "{}", cases[i].stored, STR(PASSPHRASE), &result));
        check_str(hex_encode(result.key, c.arena), cases[i].key);
        crypt_case_close(&c);
    }
}

static void test_metadata_finds_the_key(void **) {
    CryptCase c = crypt_case_open();
    const char *json = "{\"passphrase\": \"" PASSPHRASE "\", \"iterations\": 200000, "
                       "\"salt_length\": 7, \"key_length\": 24}";
    KeyResult made = {0}, found = {0}, other = {0};
    assert_true(provide(&c, json, NULL, (Str){0}, &made));
    assert_int_equal(made.key.len, 24);
    const char *stored = str_to_cstr(made.metadata, c.arena);
    assert_true(provide(&c, "{\"passphrase\": \"" PASSPHRASE "\"}", stored, (Str){0}, &found));
    check_str_equal(found.key, made.key);
    assert_true(provide(&c, json, NULL, (Str){0}, &other));
    assert_false(str_equal(other.key, made.key)); /* another salt */
    Value same = crypt_case_config(&c, &key_provider_pbkdf2.schema, json);
    Value changed = crypt_case_config(&c, &key_provider_pbkdf2.schema, "{\"key_length\": 24}");
    assert_true(key_provider_pbkdf2.is_current(same, made.metadata));
    assert_false(key_provider_pbkdf2.is_current(changed, made.metadata));
    crypt_case_close(&c);
}

static void test_damaged_metadata(void **) {
    static const char *const bad[] = {
        "",
        "{}",
        "{\"external_data\":null}",
        "{\"salt\":\"QQ==\",\"iterations\":0,\"hash_function\":\"sha512\",\"key_length\":32}",
        ("{\"salt\":\"QQ==\",\"iterations\":2000000000,\"hash_function\":\"sha512\","
         "\"key_length\":4}"),
        "{\"salt\":\"QQ==\",\"iterations\":9,\"hash_function\":\"md5\",\"key_length\":32}",
        "{\"salt\":\"QQ==\",\"iterations\":9,\"hash_function\":\"sha512\",\"key_length\":32000}",
        "{\"salt\":\"\",\"iterations\":9,\"hash_function\":\"sha512\",\"key_length\":32}",
        "{\"salt\":\"QR==\",\"iterations\":9,\"hash_function\":\"sha512\",\"key_length\":32}",
        "{\"salt\":\"QQ==\",\"iterations\":9,\"hash_function\":\"sha512\",\"key_length\":32}x",
    };
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        CryptCase c = crypt_case_open();
        KeyResult result = {0};
        if (provide(&c, "{\"passphrase\": \"" PASSPHRASE "\"}", bad[i], (Str){0}, &result))
            fail_msg("%s", bad[i]);
        check_str(crypt_case_errors(&c.diags, c.arena), "Damaged key metadata\n");
        crypt_case_close(&c);
    }
}

static void test_configuration(void **) {
    static const struct {
        const char *json;
        bool is_chained;
        size_t errors;
    } cases[] = {
        {"{\"passphrase\": \"" PASSPHRASE "\"}", false, 0},
        {"{}", true, 0},
        {"{}", false, 1},
        {"{\"passphrase\": \"" PASSPHRASE "\"}", true, 1},
        {"{\"passphrase\": \"fifteen letters\"}", false, 1},
        {"{\"passphrase\": \"" PASSPHRASE "\", \"iterations\": 199999}", false, 1},
        {"{\"passphrase\": \"" PASSPHRASE "\", \"iterations\": 200000.5}", false, 1},
        {"{\"passphrase\": \"" PASSPHRASE "\", \"key_length\": 0}", false, 1},
        {"{\"passphrase\": \"" PASSPHRASE "\", \"salt_length\": -1}", false, 1},
        {"{\"passphrase\": \"" PASSPHRASE "\", \"hash_function\": \"md5\"}", false, 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        CryptCase c = crypt_case_open();
        Value config = crypt_case_config(&c, &key_provider_pbkdf2.schema, cases[i].json);
        bool ok = schema_validate(&key_provider_pbkdf2.schema, config, c.arena, &c.diags);
        ok &= key_provider_pbkdf2.check(config, cases[i].is_chained, NO_RANGE, &c.diags);
        assert_int_equal(ok, cases[i].errors == 0);
        if (c.diags.error_count != cases[i].errors)
            fail_msg("%s", cases[i].json);
        crypt_case_close(&c);
    }
}

static void test_short_chain(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    assert_false(provide(&c, "{}", NULL, STR("fifteen letters"), &result));
    check_str(crypt_case_errors(&c.diags, c.arena), "Invalid key provider\n");
    crypt_case_close(&c);
}

UNIT_MAIN(test_key_provider_pbkdf2) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_keys),       cmocka_unit_test(test_metadata_finds_the_key),
        cmocka_unit_test(test_damaged_metadata), cmocka_unit_test(test_configuration),
        cmocka_unit_test(test_short_chain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
