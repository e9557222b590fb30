/* random_draw: all values occur, none beyond the limit, none much more often than another. */
#include "random_draw.h"
#include "unit.h"

static void test_below(void **state) {
    (void)state;
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

static void test_shuffle(void **state) {
    (void)state;
    size_t moved = 0;
    for (int i = 0; i < 1000; i++) {
        Str items[] = {STR("a"), STR("b"), STR("c"), STR("d"), STR("e"),
                       STR("f"), STR("g"), STR("h"), STR("i"), STR("j")};
        random_draw_shuffle(items, ARRAY_COUNT(items));
        moved += !str_equal(items[0], STR("a"));
        for (const char *c = "abcdefghij"; *c; c++)
            assert_true(str_is_among((Str){c, 1}, items, ARRAY_COUNT(items)));
    }
    assert_in_range(moved, 800, 980); /* 900 expected */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_below),
        cmocka_unit_test(test_shuffle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
