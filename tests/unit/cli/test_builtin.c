/* The tables of each provider of the program. */
#include "builtin.h"
#include "provider_check.h"

static void tables(void **) {
    size_t checked = 0;
    for (size_t i = 0; i < builtin_provider_count; i++) {
        if (!builtin_providers[i].provider) /* in a module, whose own test checks it */
            continue;
        check_provider(builtin_providers[i].provider);
        checked++;
    }
    assert_true(checked > 10);
}

UNIT_MAIN(test_builtin) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
