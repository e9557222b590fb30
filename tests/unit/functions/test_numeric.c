#include "function_case.h"

static void test_numeric(void **) {
    static const FunctionCase cases[] = {
        {"ceil(-1.5)", "-1"},
        {"floor(-1.5)", "-2"},
        {"signum(0.5)", "error: an integer is required"},
        {"max()", "error: must pass at least one number"},
        {"log(-1, 10)", "error: the result is not a number"},
        {"pow(2, 0.5)", "1.4142135623730951"},
        {"pow(-8, 2)", "64"},
        {"parseint(\"zZ\", 62)", "2231"},
        {"parseint(\"-ff\", 16)", "-255"},
        {"parseint(\"ffffffffffffffffffff\", 16)", "1208925819614629174706175"},
        {"parseint(\"8\", 8)", "error: cannot parse \"8\" as a base 8 integer"},
        {"parseint(5, 10)", "error: first argument must be a string, not number"},
        {"sum([1, \"2\"])", "3"},
        {"sum([])", "error: cannot sum an empty list"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_numeric, cmocka_unit_test(test_numeric))
