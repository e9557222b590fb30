/* Checks the provider's tables. */
#include "http_provider.h"
#include "provider_check.h"

static void test_tables(void **state) {
    (void)state;
    check_provider(&http_provider);
}

UNIT_MAIN(test_http_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
