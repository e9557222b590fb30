/* time_rotating: removed from the state when its rotation time is reached. */
#include "resource_case.h"
#include "time_provider.h"

static int64_t now_ms;

static int64_t fixed_now(void *) {
    return now_ms;
}

#define BASE "\"rfc3339\":\"2024-01-31T10:00:00Z\","

static void test_expiry(void **state) {
    (void)state;
    ResourceCase c = case_open(&time_rotating);
    Clock clock = clock_real;
    clock.now_ms = fixed_now;
    c.io.clock = &clock;
    now_ms = INT64_C(1706781600000); /* 2024-02-01T10:00:00Z */
    check_done(&c, case_apply(&c, "{" BASE "\"rotation_days\":1}"));
    check_str(case_text(&c, "rotation_rfc3339"), "2024-02-01T10:00:00Z");
    check_done(&c, case_read(&c));
    assert_true(value_is_present(c.state));
    now_ms++;
    check_done(&c, case_plan(&c, "{" BASE "\"rotation_days\":2}"));
    assert_int_equal(c.plan.requires_replace.count, 1);
    check_done(&c, case_read(&c));
    assert_true(value_is_null(c.state));
    case_close(&c);
}

static void test_last_rotation_counts(void **) {
    ResourceCase c = case_open(&time_rotating);
    check_done(&c, case_apply(&c, "{" BASE "\"rotation_hours\":5,\"rotation_years\":90}"));
    check_str(case_text(&c, "rotation_rfc3339"), "2114-01-31T10:00:00Z");
    check_done(&c, case_apply(&c, "{" BASE "\"rotation_months\":1200}"));
    check_str(case_text(&c, "rotation_rfc3339"), "2124-01-31T10:00:00Z");
    check_str(case_text(&c, "id"), "2024-01-31T10:00:00Z");
    case_close(&c);
}

static void test_import(void **) {
    ResourceCase c = case_open(&time_rotating);
    check_done(&c, case_import(&c, STR("2090-02-12T06:36:13Z,,,30,,")));
    check_str(case_text(&c, "rotation_rfc3339"), "2090-03-14T06:36:13Z");
    check_done(&c, case_import(&c, STR("2090-02-12T06:36:13Z,2091-01-01T00:00:00Z")));
    check_str(case_text(&c, "rotation_rfc3339"), "2091-01-01T00:00:00Z");
    static const char *const bad[] = {"", "x,y,z", "2090-02-12T06:36:13Z,",
                                      "2090-02-12T06:36:13Z,,,,,", "2090-02-12T06:36:13Z,,,x,,"};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(case_import(&c, str_from_cstr(bad[i])));
    case_close(&c);
}

UNIT_MAIN(test_time_rotating) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_expiry),
        cmocka_unit_test(test_last_rotation_counts),
        cmocka_unit_test(test_import),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
