/* Names and reasons of deferrals. */
#include "unit.h"

#include "deferral.h"

static void names(void **) {
    for (int i = DEFERRAL_UNSPECIFIED; i <= DEFERRAL_DEPENDENT; i++) {
        const char *name = deferral_name((Deferral)i);
        assert_true(strlen(name) > 0);
        assert_true(strlen(deferral_reason((Deferral)i)) > 0);
        for (int k = DEFERRAL_NONE; k < i; k++)
            assert_string_not_equal(name, deferral_name((Deferral)k));
    }
}

UNIT_MAIN(test_deferral) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
