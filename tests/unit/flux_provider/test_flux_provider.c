/* The tables of the provider. */
#include "flux_provider.h"
#include "provider_check.h"

static void tables(void **state) {
    (void)state;
    check_provider(&flux_provider);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
