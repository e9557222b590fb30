/* ephemeral random_password: follows its arguments, and differs every time. */
#include "random_provider.h"
#include "resource_case.h"

static void is_drawn_anew(void **) {
    static const char *const json = "{\"length\":24,\"special\":false}";
    ResourceCase c = case_open(&ephemeral_random_password);
    int64_t renew_at_ms = -1;
    check_done(&c, case_open_ephemeral(&c, json, &renew_at_ms));
    Str first = case_text(&c, "result");
    assert_int_equal(first.len, 24);
    for (size_t i = 0; i < first.len; i++)
        assert_true(isalnum((unsigned char)first.ptr[i]));
    assert_true(value_is_true(case_attribute(&c, "numeric")));
    assert_true(str_starts_with(case_text(&c, "bcrypt_hash"), STR("$2a$10$")));
    assert_int_equal(renew_at_ms, 0);
    check_done(&c, case_open_ephemeral(&c, json, &renew_at_ms));
    assert_false(str_equal(first, case_text(&c, "result")));
    case_close(&c);
}

static void is_validated(void **) {
    ResourceCase c = case_open(&ephemeral_random_password);
    check_done(&c, case_validate(&c, "{\"length\":4}"));
    check_refused(&c, case_validate(&c, "{\"length\":4,\"min_lower\":5}"), "Length too small");
    check_refused(&c,
                  case_validate(&c, "{\"length\":4,\"lower\":false,\"upper\":false,"
                                    "\"numeric\":false,\"special\":false}"),
                  "No characters to choose from");
    case_close(&c);
}

UNIT_MAIN(test_ephemeral_random_password) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_drawn_anew),
        cmocka_unit_test(is_validated),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
