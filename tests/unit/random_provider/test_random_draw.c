/* random_draw: every choice comes, none beyond the limit, none much more often than another. */
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
        char text[] = "abcdefghij";
        random_draw_shuffle(text, 10);
        moved += text[0] != 'a';
        for (const char *c = "abcdefghij"; *c; c++)
            assert_non_null(strchr(text, *c));
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
