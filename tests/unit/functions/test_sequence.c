#include "function_case.h"

static void test_sequence(void **) {
    static const FunctionCase cases[] = {
        {"element(tolist([1, \"a\"]), 0)", "\"1\""},
        {"length(toset([unknown, \"a\"]))", "(known after apply)"},
        {"range(1, 2, 0.5)", "[1, 1.5]"},
        {"chunklist([1], 1.5)", "error: an integer is required"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_sequence, cmocka_unit_test(test_sequence))
