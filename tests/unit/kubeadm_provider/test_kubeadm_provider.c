/* Checks the provider's tables. */
#include "kubeadm_provider.h"
#include "provider_check.h"

static void test_tables(void **state) {
    (void)state;
    check_provider(&kubeadm_provider);
}

UNIT_MAIN(test_kubeadm_provider) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
