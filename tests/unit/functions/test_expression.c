#include "function_case.h"

static void test_expression(void **) {
    static const FunctionCase cases[] = {
        {"try(nope, 1)", "1"},
        {"try(nope)", "error: no expression succeeded"},
        {"try()", "error: at least one argument is required"},
        {"can([1][2])", "false"},
        {"can(unknown)", "(known after apply)"},
        {"convert([1], set(string))", "[\"1\"]"},
        {"convert({}, object({a = optional(string, \"d\")})).a", "\"d\""},
        {"convert(\"a\", number)", "error: a number is required"},
        {"templatestring(\"$${a}-$${b}\", {a = 1, b = secret})", "(sensitive value)"},
        {"templatestring(\"$${c}\", {a = 1})", "error: There is no variable named \"c\""},
        {"templatestring(\"x\", {\"a b\" = 1})",
         "error: is not a valid name of a template variable"},
        {"templatestring(t, {t = 1})", "error: There is no variable named \"t\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_expression, cmocka_unit_test(test_expression))
