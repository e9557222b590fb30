/* The whole buffer is filled, and each time with other bytes. */
#include "unit.h"

#include "random.h"

static void fills_every_byte(void **state) {
    (void)state;
    unsigned char bytes[601] = {0}, seen[600] = {0};
    for (int round = 0; round < 8; round++) {
        random_fill(bytes, 600);
        for (size_t i = 0; i < 600; i++)
            seen[i] |= bytes[i];
    }
    /* A byte stays zero eight times with a probability of 2^-64. */
    for (size_t i = 0; i < 600; i++)
        assert_int_not_equal(seen[i], 0);
    assert_int_equal(bytes[600], 0);
}

static void differs_each_time(void **state) {
    (void)state;
    char one[32], two[32];
    random_fill(one, sizeof one);
    random_fill(two, sizeof two);
    assert_memory_not_equal(one, two, sizeof one);
}

UNIT_MAIN(test_random) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fills_every_byte),
        cmocka_unit_test(differs_each_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
