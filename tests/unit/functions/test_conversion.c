#include "function_case.h"

static void test_conversion(void **) {
    static const FunctionCase cases[] = {
        {"tonumber(\"a\")",
         "error: cannot convert \"a\" to number; given string must be a decimal"},
        {"tobool(\"yes\")", "error: only the strings \"true\" or \"false\" are allowed"},
        {"tolist(1)", "error: "},
        {"toset([\"b\", \"a\", \"b\"])", "[\"a\", \"b\"]"},
        {"tomap({a = 1, b = \"x\"}).a", "\"1\""},
        {"nonsensitive(secret)", "\"hidden\""},
        {"issensitive(secret)", "true"},
        {"issensitive(unknown)", "(known after apply)"},
        {"list(1)", "error: or tolist([ ... ])"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_conversion, cmocka_unit_test(test_conversion))
