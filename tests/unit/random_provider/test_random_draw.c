/* random_draw: all values occur, none beyond the limit, none much more often than another. */
#include "random_draw.h"
#include "unit.h"

static void test_below(void **) {
    size_t counts[10] = {0};
    for (int i = 0; i < 20000; i++) {
        uint64_t drawn = random_draw_below(ARRAY_COUNT(counts));
        assert_true(drawn < ARRAY_COUNT(counts));
        counts[drawn]++;
    }
    /* 2000 expected; nine standard deviations */
    for (size_t i = 0; i < ARRAY_COUNT(counts); i++)
        assert_in_range(counts[i], 1600, 2400);
    assert_int_equal(random_draw_below(1), 0);
    (void)random_draw_below(UINT64_MAX);
}

UNIT_MAIN(test_random_draw) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
