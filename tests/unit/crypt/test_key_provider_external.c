/* key_provider external: one shell script that follows the protocol, and many that do not. */
#include "crypt_case.h"

#define HEADER "echo '{\"magic\":\"OpenTofu-External-Key-Provider\",\"version\":1}'; "

static bool provide(CryptCase *c, const char *script, const Str *stored, KeyResult *out) {
    KeyRequest request = {
        .io = &c->io,
        .name = STR("key_provider.external.k"),
        .config = crypt_case_command(c, "command", str_from_cstr(script)),
        .stored = stored,
    };
    return key_provider_external.provide(&request, out, c->arena, &c->diags);
}

static void test_both_ways(void **) {
    CryptCase c = crypt_case_open();
    KeyResult sealing = {0}, opening = {0};
    assert_true(provide(&c,
                        HEADER "read x; [ \"$x\" = null ] && echo "
                               "'{\"keys\":{\"encryption_key\":\"QUI=\"},\"meta\":{\"external_"
                               "data\":{\"n\": [1]}}}'",
                        NULL, &sealing));
    check_str(sealing.key, "AB");
    check_str(sealing.metadata, "{\"external_data\":{\"n\":[1]}}");
    assert_true(provide(&c,
                        HEADER "read x; [ \"$x\" = '{\"external_data\":{\"n\":[1]}}' ] && echo "
                               "'{\"keys\":{\"encryption_key\":\"QUI=\",\"decryption_key\":\"QUM="
                               "\"},\"meta\":{}}'",
                        &sealing.metadata, &opening));
    check_str(opening.key, "AC");
    crypt_case_close(&c);
}

static void test_without_metadata(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    const char *script = HEADER "read x; [ \"$x\" = null ] && echo "
                                "'{\"keys\":{\"encryption_key\":\"QUI=\",\"decryption_key\":\"QUM="
                                "\"}}'";
    assert_true(provide(&c, script, NULL, &result));
    check_str(result.metadata, "{\"external_data\":null}");
    assert_true(provide(&c, script, &(Str){result.metadata.ptr, result.metadata.len}, &result));
    check_str(result.key, "AC");
    crypt_case_close(&c);
}

static void test_bad_programs(void **) {
    static const struct {
        const char *script, *part;
    } cases[] = {
        {"exit 3", "status 3"},
        {"echo SECRET; echo why it is >&2; exit 1", "reported:\nwhy it is"},
        {"true", "first line is not"},
        {"echo '{\"magic\":\"x\",\"version\":1}'", "first line is not"},
        {"echo '{\"magic\":\"OpenTofu-External-Key-Provider\",\"version\":2}'",
         "first line is not"},
        {HEADER, "cannot be read"},
        {HEADER "echo '{}'", "no \"encryption_key\""},
        {HEADER "echo '{\"keys\":{\"x\":\"QQ==\"}}'", "cannot be read"},
        {HEADER "echo '{\"keys\":{\"encryption_key\":\"SECRET\"}}'", "not base64"},
        {HEADER "echo '{\"keys\":{\"encryption_key\":\"QQ==\"}} x'", "cannot be read"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        CryptCase c = crypt_case_open();
        KeyResult result = {0};
        assert_false(provide(&c, cases[i].script, NULL, &result));
        assert_int_equal(c.diags.error_count, 1);
        Str detail = c.diags.items[0].detail;
        if (str_find(detail, str_from_cstr(cases[i].part), 0) == SIZE_MAX ||
            str_find(detail, STR("SECRET"), 0) != SIZE_MAX)
            fail_msg("%s: %.*s", cases[i].script, STR_ARG(detail));
        crypt_case_close(&c);
    }
}

static void test_no_key_to_open(void **) {
    CryptCase c = crypt_case_open();
    KeyResult result = {0};
    Str stored = STR("{\"external_data\":{}}");
    assert_false(
        provide(&c, HEADER "echo '{\"keys\":{\"encryption_key\":\"QUI=\"}}'", &stored, &result));
    check_str(crypt_case_errors(&c.diags, c.arena), "External encryption program failed\n");
    crypt_case_close(&c);
}

UNIT_MAIN(test_key_provider_external) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_ways),
        cmocka_unit_test(test_without_metadata),
        cmocka_unit_test(test_bad_programs),
        cmocka_unit_test(test_no_key_to_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
