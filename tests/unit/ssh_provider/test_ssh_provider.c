/* Checks the provider's tables. */
#include "provider_check.h"
#include "ssh_provider.h"

static void test_tables(void **state) {
    (void)state;
    check_provider(&ssh_provider);
}

UNIT_MAIN(test_ssh_provider) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
