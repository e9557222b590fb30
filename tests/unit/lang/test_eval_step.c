#include "lang_case.h"

static void test_steps(void **) {
    static const LangCase cases[] = {
        {"{a = {b = 2}}.a.b", "number 2"},
        {"{abc = 1}.abd", "The object has no attribute \"abd\". Did you mean \"abc\"?"},
        {"nothing.x", "This value is null, so it does not have any attributes."},
        {"s.x", "Can't access attributes on a primitive-typed value (string)."},
        {"[1, 2][1]", "number 2"},
        {"[1, 2][2]", "the index is greater than that of the last element"},
        {"[1, 2][-1]", "an index must not be negative"},
        {"[1, 2][0.5]", "an index must be an integer"},
        {"[][0]", "the collection has no elements"},
        {"[1].0", "number 1"},
        {"{a = 1}[unknown]", "any (known after apply)"},
        {"{a = 1}[nothing]", "The index is null."},
        {"nothing[0]", "This value is null, so it does not have any indices."},
        {"s[0]", "This value does not have any indices."},
        {"{hidden = 1}[secret]", "number (sensitive value)"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(test_eval_step, cmocka_unit_test(test_steps))
