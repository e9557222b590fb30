#include "function_case.h"

static void test_list(void **) {
    static const FunctionCase cases[] = {
        {"flatten([[1, [2]], unknowns])", "(known after apply)"},
        {"concat([1], \"a\")", "error: all arguments must be lists or tuples; got string"},
        {"slice([1], 0, 2)", "error: end index must not be greater"},
        {"slice(toset([1]), 0, 1)", "error: a set has no order, so it has no slices"},
        {"range(2000)", "error: more than 1024 numbers"},
        {"range(5, 0, -2)", "[5, 3, 1]"},
        {"distinct([1, 2, 1])", "[1, 2]"},
        {"sort([\"b\", null])", "error: element 1 is null"},
        {"chunklist([1, 2, 3], 2)", "[[1, 2], [3]]"},
        {"matchkeys([1], [1, 2], [1])", "error: keys and values must have the same length"},
        {"compact([\"a\", \"\", null])", "[\"a\"]"},
        {"reverse([1, \"a\"])", "[\"a\", 1]"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_list, cmocka_unit_test(test_list))
