/* data null_data_source: returns its inputs; a default may be set. */
#include "null_provider.h"
#include "resource_case.h"

static void test_read(void **state) {
    (void)state;
    ResourceCase c = case_open(&data_null_data_source);
    c.state = case_config(&c, "{\"inputs\":{\"a\":\"x\"}}");
    check_done(&c, case_read(&c));
    assert_true(value_equal(case_attribute(&c, "outputs"), case_attribute(&c, "inputs")));
    check_str(case_text(&c, "has_computed_default"), "default");
    check_str(case_text(&c, "id"), "static");
    assert_true(case_text(&c, "random").len > 0);
    c.state = case_config(&c, "{\"has_computed_default\":\"mine\"}");
    check_done(&c, case_read(&c));
    check_str(case_text(&c, "has_computed_default"), "mine");
    assert_true(value_is_null(case_attribute(&c, "outputs")));
    case_close(&c);
}

UNIT_MAIN(test_data_null_data_source) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
