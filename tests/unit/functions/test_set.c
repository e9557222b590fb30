#include "function_case.h"

static void test_set(void **) {
    static const FunctionCase cases[] = {
        {"setunion([1], [\"2\"])", "[\"1\", \"2\"]"},
        {"setintersection([1, 2], [2, 3], [2])", "[2]"},
        {"setsubtract([1, 2], [2])", "[1]"},
        {"setproduct([1])", "error: at least two arguments are required"},
        {"setproduct(range(1000), range(1000), range(1000))", "error: too many elements"},
        {"length(setproduct([1, 2], [3], [4, 5]))", "4"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_set, cmocka_unit_test(test_set))
