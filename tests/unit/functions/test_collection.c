#include "function_case.h"

static void test_collection(void **) {
    static const FunctionCase cases[] = {
        {"length(\"日本\")", "2"},
        {"length(5)", "error: argument must be a string, a collection type, or a structural type"},
        {"element([1, 2, 3], -1)", "3"},
        {"element([], 0)", "error: the list is empty"},
        {"index([1], 2)", "error: item not found"},
        {"contains([unknown, \"a\"], \"a\")", "true"},
        {"coalesce(null, \"\", \"c\")", "\"c\""},
        {"coalesce(null)", "error: no non-null, non-empty-string arguments"},
        {"one([1, 2])", "error: either zero or one"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_collection, cmocka_unit_test(test_collection))
