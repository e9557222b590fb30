#include "lang_case.h"

static void test_arithmetic_and_order(void **) {
    static const LangCase cases[] = {
        {"1 + 2 * 3 - 4 / 2", "number 5"},
        {"-n % 3", "number -2"},
        {"9223372036854775807 + 1", "number 9223372036854775808"},
        {"0.1 + 0.2 == 0.3", "bool true"},
        {"\"4\" * 2", "number 8"},
        {"s + 1", "Unsuitable value for left operand: a number is required."},
        {"1 < nothing", "Error during operation: argument must not be null."},
        {"1 < 2 == true", "bool true"},
        {"-secret", "Unsuitable value for unary operand: a number is required"},
        {"0 / 0", "can't divide zero by zero"},
        {"5 % (1 / 0)", "can't use modulo with zero and infinity"},
        {"(1 / 0) % 5", "can't use modulo with zero and infinity"},
        {"7 % 0", "number 7"},
        {"1 + unknown", "number (known after apply)"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

static void test_logic(void **) {
    static const LangCase cases[] = {
        {"true || nope", "bool true"},
        {"nope || true", "bool true"},
        {"nope && true", "There is no variable named \"nope\""},
        {"false && \"x\"", "Unsuitable value for right operand: a bool is required"},
        {"unknown == \"a\" && false", "bool false"},
        {"!true", "bool false"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

/* For a plan both operands must be known; errors in either operand are reported as usual. */
static void test_logic_that_awaits(void **) {
    static const LangCase cases[] = {
        {"true || unknown == \"a\"", "bool (known after apply)"},
        {"unknown == \"a\" && false", "bool (known after apply)"},
        {"true || false", "bool true"},
        {"false && \"x\"",
         "Invalid operand: Unsuitable value for right operand: a bool is required."},
    };
    Scope scope = scope_from_map(&variables, functions);
    scope.no_short_circuit = true;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(evaluated_in(scope, cases[i].text), cases[i].outcome);
}

static void test_equality(void **) {
    static const LangCase cases[] = {
        {"1 == \"1\"", "bool false"},
        {"{a = [1]} == {a = [1]}", "bool true"},
        {"nothing == null", "bool true"},
        {"[unknown, 1] == [\"a\", 2]", "bool (known after apply)"},
        {"[1, unknown] == [2, \"a\"]", "bool false"},
        {"[unknown] == [\"a\"]", "bool (known after apply)"},
        {"\"x-${unknown}\" == \"abc\"", "bool false"},
        {"secret != \"a\"", "bool (sensitive value)"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

static void test_conditional(void **) {
    static const LangCase cases[] = {
        {"n > 1 ? \"a\" : nope", "string \"a\""},
        {"n > 1 ? 1 : \"b\"", "string \"1\""},
        {"true ? [1] : [1, true]",
         "Tuples of different length: the 'true' one has 1, the 'false' one 2."},
        {"true ? 1 : {}", "The 'true' value is number, but the 'false' value is object"},
        {"nothing ? 1 : 2", "The condition must be true or false"},
        {"s ? 1 : 2", "The condition must be true or false"},
        {"true ? null : 1", "number null"},
        {"secret == \"a\" ? 1 : 2", "number (sensitive value)"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

/* Generated code may add thousands of terms: no recursion, and fast. */
static void test_long_sum(void **) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add_char(&buf, '1');
    for (int i = 0; i < 20000; i++)
        strbuf_add_cstr(&buf, "+1");
    strbuf_add_char(&buf, '\0');
    check_str(evaluated(buf.ptr), "number 20001");
}

RUN_LANG_TESTS(test_eval_operator, cmocka_unit_test(test_arithmetic_and_order),
               cmocka_unit_test(test_logic), cmocka_unit_test(test_logic_that_awaits),
               cmocka_unit_test(test_equality), cmocka_unit_test(test_conditional),
               cmocka_unit_test(test_long_sum))
