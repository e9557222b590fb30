/* Published test vectors. */
#include "unit.h"

#include "crc32c.h"

static void crc(void **) {
    assert_int_equal(crc32c(STR("123456789")), 0xe3069283);
    assert_int_equal(crc32c(STR("")), 0);
}

UNIT_MAIN(test_crc32c) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crc),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
