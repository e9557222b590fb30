#include "function_case.h"

static void test_format(void **) {
    static const FunctionCase cases[] = {
        {"format(\"%5s|%-5s|%.1s|%q\", \"é\", \"é\", \"éa\", \"a\\nb\")",
         "\"    é|é    |é|\\\"a\\\\nb\\\"\""},
        {"format(\"%v %v %#v\", [1], \"a\", \"a\")", "\"[1] a \\\"a\\\"\""},
        {"format(\"%[2]s%[1]s\", \"a\", \"b\")", "\"ba\""},
        {"format(\"%d\", 1.5)", "error: an integer is required"},
        {"format(\"%t\", null)", "error: null value cannot be formatted"},
        {"format(\"%s\")", "error: not enough arguments"},
        {"format(\"a\", 1)", "error: too many arguments; no verbs in format string"},
        {"format(\"%z\", 1)", "error: unsupported format verb 'z'"},
        {"format(\"%9999999s\", 1)", "error: is too big"},
        {"formatlist(\"%s%d\", [\"a\", \"b\"], 1)", "[\"a1\", \"b1\"]"},
        {"formatlist(\"%s%s\", [1], [1, 2])", "error: inconsistent with argument 1 of length 1"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_format, cmocka_unit_test(test_format))
