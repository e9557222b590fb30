#include "lang_case.h"

static void test_types_of_failed_parts(void **) {
    static const LangCase cases[] = {
        {"true ? 1 : \"${nope} \"", "string \"1\""},
        {"true ? 1 : -nope", "number 1"},
        {"true ? 1 : nope", "number 1"},
        {"true ? [1] : !nope", "must have consistent types"},
        {"true ? 1 : [nope]", "must have consistent types"},
        {"unknown || nope", "bool (known after apply)"},
        {"false || nope", "There is no variable named \"nope\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(test_eval_placeholder, cmocka_unit_test(test_types_of_failed_parts))
