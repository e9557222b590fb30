/* time_offset: offsets are added in their order, and an update starts from the same time. */
#include "resource_case.h"
#include "time_provider.h"

static void check_offset(const char *json, const char *expected) {
    ResourceCase c = case_open(&time_offset);
    check_done(&c, case_validate(&c, json));
    check_done(&c, case_apply(&c, json));
    check_str(case_text(&c, "rfc3339"), expected);
    assert_true(case_is_settled(&c, json));
    case_close(&c);
}

static void test_calendar(void **) {
    check_offset("{\"base_rfc3339\":\"2024-01-31T10:00:00Z\",\"offset_months\":1}",
                 "2024-03-02T10:00:00Z");
    check_offset("{\"base_rfc3339\":\"2023-01-31T10:00:00Z\",\"offset_months\":1}",
                 "2023-03-03T10:00:00Z");
    check_offset("{\"base_rfc3339\":\"2024-02-29T10:00:00+02:00\",\"offset_years\":-1}",
                 "2023-03-01T10:00:00+02:00");
    check_offset("{\"base_rfc3339\":\"2024-01-01T00:00:00Z\",\"offset_seconds\":-1}",
                 "2023-12-31T23:59:59Z");
    check_offset("{\"base_rfc3339\":\"2024-01-15T00:00:00Z\",\"offset_months\":-13,"
                 "\"offset_days\":20}",
                 "2023-01-04T00:00:00Z");
}

static void test_update_keeps_the_base(void **) {
    ResourceCase c = case_open(&time_offset);
    check_done(&c, case_apply(&c, "{\"offset_days\":1}"));
    Str base = str_clone(case_text(&c, "base_rfc3339"), c.arena);
    check_done(&c, case_plan(&c, "{\"offset_days\":2}"));
    assert_true(value_is_wholly_known(c.plan.planned));
    check_done(&c, case_apply(&c, "{\"offset_days\":2}"));
    check_str(case_text(&c, "base_rfc3339"), str_to_cstr(base, c.arena));
    case_close(&c);
}

static void test_import(void **) {
    ResourceCase c = case_open(&time_offset);
    check_done(&c, case_import(&c, STR("2024-01-31T10:00:00Z,,,7,,,")));
    check_str(case_text(&c, "rfc3339"), "2024-02-07T10:00:00Z");
    static const char *const bad[] = {
        "",       "x", "2024-01-31T10:00:00Z,,,,,,", "x,1,,,,,", "2024-01-31T10:00:00Z,a,,,,,",
        ",1,,,,,"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(case_import(&c, str_from_cstr(bad[i])));
    case_close(&c);
}

UNIT_MAIN(test_time_offset) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calendar),
        cmocka_unit_test(test_update_keeps_the_base),
        cmocka_unit_test(test_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
