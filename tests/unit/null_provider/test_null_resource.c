/* null_resource: replaced when triggers change; null entries are ignored. */
#include "null_provider.h"
#include "resource_case.h"

static bool is_replaced(const char *before, const char *after) {
    ResourceCase c = case_open(&null_resource);
    check_done(&c, case_apply(&c, before));
    assert_true(case_text(&c, "id").len > 0);
    check_done(&c, case_plan(&c, after));
    bool is_replaced = c.plan.requires_replace.count > 0;
    case_close(&c);
    return is_replaced;
}

static void test_triggers(void **) {
    assert_true(is_replaced("{\"triggers\":{\"a\":\"1\"}}", "{\"triggers\":{\"a\":\"2\"}}"));
    assert_true(is_replaced("{}", "{\"triggers\":{\"a\":\"1\"}}"));
    assert_true(is_replaced("{\"triggers\":{\"a\":\"1\"}}", "{}"));
    assert_true(is_replaced("{\"triggers\":{\"a\":null}}", "{\"triggers\":{\"a\":\"1\"}}"));
    assert_false(is_replaced("{}", "{\"triggers\":{}}"));
    assert_false(is_replaced("{}", "{\"triggers\":{\"a\":null}}"));
    assert_false(
        is_replaced("{\"triggers\":{\"a\":\"1\"}}", "{\"triggers\":{\"a\":\"1\",\"b\":null}}"));
}

static void test_update_keeps_the_id(void **) {
    ResourceCase c = case_open(&null_resource);
    check_done(&c, case_apply(&c, "{}"));
    Str id = str_clone(case_text(&c, "id"), c.arena);
    check_done(&c, case_apply(&c, "{\"triggers\":{}}"));
    check_str(case_text(&c, "id"), str_to_cstr(id, c.arena));
    assert_true(case_is_settled(&c, "{\"triggers\":{}}"));
    case_close(&c);
}

UNIT_MAIN(test_null_resource) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_triggers),
        cmocka_unit_test(test_update_keeps_the_id),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
