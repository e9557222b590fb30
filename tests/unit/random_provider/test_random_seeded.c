/* random_seeded: the same numbers and orders as Terraform's random provider for the same seeds. */
#include "random_provider.h"
#include "random_seeded.h"
#include "resource_case.h"

static void test_recorded_numbers(void **) {
    ResourceCase c = case_open(&random_integer);
    check_done(&c, case_apply(&c, "{\"min\":1,\"max\":1000,\"seed\":\"loam\"}"));
    check_str(case_text(&c, "id"), "964");
    case_close(&c);
}

static void test_bounds(void **) {
    RandomSeeded seeded;
    random_seeded_init(&seeded, STR("x"));
    for (int i = 0; i < 1000; i++) {
        assert_true(random_seeded_below(&seeded, 3) < 3);
        assert_true(random_seeded_below(&seeded, 4) < 4);
        assert_true(random_seeded_below(&seeded, UINT64_C(5000000000)) < UINT64_C(5000000000));
    }
    assert_int_equal(random_seeded_below(&seeded, 1), 0);
}

static void test_shuffle(void **) {
    ResourceCase c = case_open(&random_shuffle);
    check_done(&c, case_apply(&c, "{\"input\":[\"a\",\"b\",\"c\"],\"result_count\":7}"));
    Value result = case_attribute(&c, "result");
    assert_int_equal(result.count, 7);
    for (size_t i = 0; i + 2 < 6; i += 3) { /* each round contains all values */
        assert_false(value_equal(value_at(result, i), value_at(result, i + 1)));
        assert_false(value_equal(value_at(result, i), value_at(result, i + 2)));
        assert_false(value_equal(value_at(result, i + 1), value_at(result, i + 2)));
    }
    check_done(&c, case_apply(&c, "{\"input\":[],\"result_count\":7}"));
    assert_int_equal(case_attribute(&c, "result").count, 0);
    case_close(&c);
}

UNIT_MAIN(test_random_seeded) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_recorded_numbers),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_shuffle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
