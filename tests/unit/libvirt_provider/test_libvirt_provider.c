/* Checks the provider's tables. */
#include "libvirt_provider.h"
#include "provider_check.h"

static void test_tables(void **) {
    check_provider(&libvirt_provider);
}

UNIT_MAIN(test_libvirt_provider) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_tables)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
