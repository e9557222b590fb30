#include "lang_case.h"

static void test_spending(void **) {
    Budget budget = {.elements = 10, .bytes = 100};
    Scope scope = {.budget = &budget};
    assert_true(scope_spend(&scope, 10, 50));
    assert_false(scope_spend(&scope, 1, 0));
    assert_true(scope_spend(NULL, 1000, 1000));
}

RUN_LANG_TESTS(test_scope, cmocka_unit_test(test_spending))
