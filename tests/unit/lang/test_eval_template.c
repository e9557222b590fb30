#include "lang_case.h"

static void test_templates(void **) {
    static const LangCase cases[] = {
        {"\"a${n}b\"", "string \"a5b\""},
        {"\"${n}\"", "number 5"},
        {"\"x${nothing}\"", "null and has no text"},
        {"\"x${[1]}\"", "cannot be part of a string"},
        {"\"%{if n > 1}big%{else}small%{endif}\"", "string \"big\""},
        {"\"%{for x in [1, 2]}${x};%{endfor}\"", "string \"1;2;\""},
        {"\"a${secret}\"", "string (sensitive value)"},
        {"\"a${unknown}\"", "string (known after apply)"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(test_eval_template, cmocka_unit_test(test_templates))
