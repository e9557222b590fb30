#include "function_case.h"

static void test_string(void **) {
    static const FunctionCase cases[] = {
        {"upper(\"straße\")", "\"STRAßE\""},
        {"substr(\"héllo\", -3, 2)", "\"ll\""},
        {"substr(\"a\", 0, 0.5)", "error: an integer is required"},
        {"split(\"\", \"日本\")", "[\"日\", \"本\"]"},
        {"join(\"-\", [\"a\", null])", "error: element 1 of list 0 is null; remove nulls"},
        {"title(\"o`neill said it's\")", "\"O`Neill Said It'S\""},
        {"trim(\"ééaé\", \"é\")", "\"a\""},
        {"startswith(\"ab${unknown}\", \"abc\")", "(known after apply)"},
        {"startswith(\"a-${unknown}\", \"ac\")", "false"},
        {"indent(-1, \"a\")", "error: must not be negative"},
        {"indent(100000000, \"a\\nb\")", "error: too much text"},
        {"upper(secret)", "(sensitive value)"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_string, cmocka_unit_test(test_string))
