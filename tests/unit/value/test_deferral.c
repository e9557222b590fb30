/* Names and reasons of deferrals. */
#include "unit.h"

#include "deferral.h"

static void names(void **) {
    Deferral found;
    for (int i = DEFERRAL_UNSPECIFIED; i <= DEFERRAL_DEPENDENT; i++) {
        Deferral deferral = (Deferral)i;
        assert_true(deferral_from_name(str_from_cstr(deferral_name(deferral)), &found));
        assert_int_equal(found, deferral);
        assert_true(strlen(deferral_reason(deferral)) > 0);
    }
    assert_false(deferral_from_name(STR_EMPTY, &found));
    assert_false(deferral_from_name(STR("someday"), &found));
}

UNIT_MAIN(test_deferral) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
