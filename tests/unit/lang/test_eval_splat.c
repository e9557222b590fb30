#include "lang_case.h"

static void test_splat(void **) {
    static const LangCase cases[] = {
        {"[{a = 1}, {a = 2}][*].a", "tuple([number, number]) [1, 2]"},
        {"[{a = [1]}, {a = [2]}].*.a[0]", "tuple([number]) [1]"},
        {"[{a = [1]}, {a = [2]}][*].a[0]", "tuple([number, number]) [1, 2]"},
        {"nothing[*].a", "tuple([]) []"},
        {"{a = 1}[*].a", "tuple([number]) [1]"},
        {"[{}][*].a", "The object has no attribute \"a\""},
        {"[1].*.*", "Nested splat expression not allowed"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(test_eval_splat, cmocka_unit_test(test_splat))
