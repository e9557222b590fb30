/* crypt_method: each row encrypts and decrypts a text. */
#include "crypt_case.h"

#define MAGIC "echo '{\"magic\":\"OpenTofu-External-Encryption-Method\",\"version\":1}'; "
#define ECHO  MAGIC "sed 's/.*\\(.payload.*\\)/{\\1/'"

static void test_rows(void **) {
    static const char *const methods[] = {"aes_gcm", "external", "unencrypted"};
    static const char *const providers[] = {"pbkdf2",  "external", "openbao",
                                            "aws_kms", "gcp_kms",  "azure_vault"};
    SCOPED(ArenaRef) arena = arena_open("test");
    Str known;
    for (size_t i = 0; i < ARRAY_COUNT(methods); i++) {
        const CryptMethodType *type = crypt_method_find(str_from_cstr(methods[i]), &known, arena);
        assert_string_equal(type->name, methods[i]);
        assert_int_equal(type->seal == NULL, type->open == NULL);
    }
    for (size_t i = 0; i < ARRAY_COUNT(providers); i++)
        assert_string_equal(key_provider_find(str_from_cstr(providers[i]), &known, arena)->name,
                            providers[i]);
    assert_null(crypt_method_find(STR("rot13"), &known, arena));
    check_str_equal(known, STR("\"aes_gcm\", \"external\", \"unencrypted\""));
    assert_null(key_provider_find(STR("post-it"), &known, arena));
    check_str_equal(
        known,
        STR("\"pbkdf2\", \"external\", \"openbao\", \"aws_kms\", \"gcp_kms\", \"azure_vault\""));
}

static void test_additional_data(void **) {
    CryptCase c = crypt_case_open();
    MethodRequest request = {.io = &c.io, .name = STR("m"), .key = STR("0123456789abcdef")};
    Str sealed, plain;
    static const char *const configs[] = {"{\"aad\": [1, 255, 0]}", "{\"aad\": [1, 255]}", "{}"};
    request.config = crypt_case_config(&c, &crypt_method_aes_gcm.schema, configs[0]);
    assert_true(crypt_method_aes_gcm.seal(&request, STR("text"), &sealed, c.arena, &c.diags));
    for (size_t i = 0; i < ARRAY_COUNT(configs); i++) {
        request.config = crypt_case_config(&c, &crypt_method_aes_gcm.schema, configs[i]);
        assert_int_equal(crypt_method_aes_gcm.open(&request, sealed, &plain, c.arena, &c.diags),
                         i == 0);
    }
    Value bad = crypt_case_config(&c, &crypt_method_aes_gcm.schema, "{\"aad\": [256]}");
    Diags diags = diags_new(c.arena);
    assert_false(schema_validate(&crypt_method_aes_gcm.schema, bad, c.arena, &diags));
    crypt_case_close(&c);
}

static Value commands(CryptCase *c, const char *script) {
    Str *names = arena_new_array(c->arena, Str, 2);
    Value *both = arena_new_array(c->arena, Value, 2);
    names[0] = STR("encrypt_command");
    names[1] = STR("decrypt_command");
    both[0] = both[1] = crypt_case_words(c, str_from_cstr(script));
    return value_object(names, both, 2, c->arena);
}

static void test_external(void **) {
    CryptCase c = crypt_case_open();
    MethodRequest request = {.io = &c.io, .name = STR("m"), .config = commands(&c, ECHO)};
    Str sealed, plain;
    assert_true(crypt_method_external.seal(&request, STR("text"), &sealed, c.arena, &c.diags));
    check_str(sealed, "text");
    request.key = STR("key");
    assert_true(crypt_method_external.open(&request, STR("text"), &plain, c.arena, &c.diags));
    check_str(plain, "text");
    request.config =
        commands(&c, MAGIC "grep -q '\"key\":\"a2V5\"' && echo '{\"payload\":\"QQ==\"}'");
    assert_true(crypt_method_external.seal(&request, STR("text"), &sealed, c.arena, &c.diags));
    check_str(sealed, "A");
    request.config = commands(&c, MAGIC "echo '{\"payload\":\"QQ==\",\"x\":1}'");
    assert_false(crypt_method_external.open(&request, STR("text"), &plain, c.arena, &c.diags));
    request.config = commands(&c, "exit 1");
    assert_false(crypt_method_external.seal(&request, STR("text"), &plain, c.arena, &c.diags));
    check_str(crypt_case_errors(&c.diags, c.arena),
              "External encryption program failed\nExternal encryption program failed\n");
    crypt_case_close(&c);
}

UNIT_MAIN(test_crypt_method) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows),
        cmocka_unit_test(test_additional_data),
        cmocka_unit_test(test_external),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
