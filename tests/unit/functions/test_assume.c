#include "function_case.h"

static void test_assume(void **) {
    static const FunctionCase cases[] = {
        {"assumelistlength([1], 2, 3)", "error: assumption was not upheld"},
        {"assumelistlength(unknowns, 1, 1) == tolist([\"a\", \"b\"])", "false"},
        {"assumenotnull(unknown) == null", "false"},
        {"assumestringprefix(unknown, \"a-\") == \"b\"", "false"},
        {"assumeequal(1, 2)", "error: does not match the assumed value"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_assume, cmocka_unit_test(test_assume))
