#include "lang_case.h"

static void test_for(void **) {
    static const LangCase cases[] = {
        {"[for x in [1, 2] : x * 2]", "tuple([number, number]) [2, 4]"},
        {"[for i, x in [\"a\"] : i]", "tuple([number]) [0]"},
        {"[for k, v in {b = 1, a = 2} : \"${k}${v}\"]", "tuple([string, string]) [\"a2\", \"b1\"]"},
        {"[for x in [1, 2, 3] : x if x != 2]", "tuple([number, number]) [1, 3]"},
        {"{for x in [\"a\"] : x => n}.a", "number 5"},
        {"{for x in [\"a\", \"a\"] : x => 1}", "The key \"a\" occurs twice"},
        {"{for x in [\"a\", \"a\"] : x => 1...}.a", "tuple([number, number]) [1, 1]"},
        {"[for x in nothing : x]", "The collection of the 'for' expression is null"},
        {"[for x in s : x]", "and this is a string."},
        {"[for x in [] : x if \"maybe\"]", "must be true or false: a bool is required"},
        {"{for x in [null] : x => 1}", "The key of this element is null."},
        {"[for x in [1] : [for x in [2] : x]][0][0]", "number 2"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(test_eval_for, cmocka_unit_test(test_for))
