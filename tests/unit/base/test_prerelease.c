/* prerelease: the example of Semantic Versioning, and suffixes of Kubernetes. */
#include "prerelease.h"
#include "unit.h"

static void test_order(void **) {
    static const char *const sorted[] = {"1",    "alpha",  "alpha.1", "alpha.beta",
                                         "beta", "beta.2", "beta.11", "rc.0",
                                         "rc.1", "rc.9",   "rc.10",   ""};
    for (size_t i = 0; i < ARRAY_COUNT(sorted); i++) {
        for (size_t k = 0; k < ARRAY_COUNT(sorted); k++) {
            int order = prerelease_compare(str_from_cstr(sorted[i]), str_from_cstr(sorted[k]));
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

UNIT_MAIN(test_prerelease) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
