/* random_id: one value in several notations; import from one of them. */
#include "random_provider.h"
#include "resource_case.h"

static void test_import_shows_all_notations(void **) {
    static const struct {
        const char *id, *hex, *dec, *std, *url, *b64;
    } cases[] = {
        {"p-w", "a7ec", "42988", "p+w=", "p-w", "p-w"},
        {"x,p-w", "xa7ec", "x42988", "xp+w=", "xp-w", "p-w"},
        {"a,b,_w", "a,bff", "a,b255", "a,b/w==", "a,b_w", "_w"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        ResourceCase c = case_open(&random_id);
        Str id = str_from_cstr(cases[i].id);
        check_done(&c, case_import(&c, id));
        check_str(case_text(&c, "hex"), cases[i].hex);
        check_str(case_text(&c, "dec"), cases[i].dec);
        check_str(case_text(&c, "b64_std"), cases[i].std);
        check_str(case_text(&c, "b64_url"), cases[i].url);
        check_str(case_text(&c, "id"), cases[i].b64);
        case_close(&c);
    }
}

static void test_create(void **) {
    ResourceCase c = case_open(&random_id);
    check_done(&c, case_apply(&c, "{\"byte_length\":8,\"prefix\":\"n-\"}"));
    assert_int_equal(case_text(&c, "hex").len, 18);
    Str id = case_text(&c, "id");
    assert_int_equal(id.len, 11);
    assert_true(case_is_settled(&c, "{\"byte_length\":8,\"prefix\":\"n-\"}"));
    check_done(&c, case_apply(&c, "{\"byte_length\":9,\"prefix\":\"n-\"}"));
    assert_int_equal(case_text(&c, "hex").len, 20);
    case_close(&c);
}

static void test_refusals(void **) {
    ResourceCase c = case_open(&random_id);
    assert_false(case_validate(&c, "{\"byte_length\":-1}"));
    assert_false(case_validate(&c, "{\"byte_length\":1.5}"));
    assert_false(case_validate(&c, "{}"));
    bool done = case_import(&c, STR("%%"));
    assert_false(done);
    case_close(&c);
}

UNIT_MAIN(test_random_id) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_import_shows_all_notations),
        cmocka_unit_test(test_create),
        cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
