/* random_uuid: a new UUID, kept until a keeper changes. */
#include "random_provider.h"
#include "resource_case.h"

static void test_uuid(void **) {
    ResourceCase c = case_open(&random_uuid);
    check_done(&c, case_apply(&c, "{}"));
    Str uuid = case_text(&c, "result");
    assert_int_equal(uuid.len, 36);
    assert_int_equal(uuid.ptr[14], '4');
    check_str_equal(case_text(&c, "id"), uuid);
    assert_true(case_is_settled(&c, "{}"));
    check_done(&c, case_import(&c, uuid));
    assert_false(case_import(&c, STR("no-uuid")));
    case_close(&c);
}

UNIT_MAIN(test_random_uuid) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_uuid)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
