/* time_static: a configured time is known in the plan; a generated one stays. */
#include "resource_case.h"
#include "time_provider.h"

static void test_given(void **) {
    ResourceCase c = case_open(&time_static);
    check_done(&c, case_plan(&c, "{\"rfc3339\":\"2024-02-29T23:59:59+01:00\"}"));
    assert_true(value_is_wholly_known(c.plan.planned));
    check_done(&c, case_apply(&c, "{\"rfc3339\":\"2024-02-29T23:59:59+01:00\"}"));
    int64_t seconds = 0;
    assert_true(value_to_int(case_attribute(&c, "unix"), &seconds));
    assert_int_equal(seconds, 1709247599);
    assert_false(case_validate(&c, "{\"rfc3339\":\"yesterday\"}"));
    assert_false(case_validate(&c, "{\"rfc3339\":\"2023-02-29T00:00:00Z\"}"));
    case_close(&c);
}

static void test_own(void **) {
    ResourceCase c = case_open(&time_static);
    check_done(&c, case_plan(&c, "{}"));
    assert_true(case_is_planned_unknown(&c, "rfc3339"));
    check_done(&c, case_apply(&c, "{}"));
    assert_true(case_is_settled(&c, "{}"));
    case_close(&c);
}

UNIT_MAIN(test_time_static) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given),
        cmocka_unit_test(test_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
