#include "function_case.h"

static void test_mapping(void **) {
    static const FunctionCase cases[] = {
        {"keys({b = 1, a = 2})", "[\"a\", \"b\"]"},
        {"lookup({a = 1}, \"b\")", "error: lookup failed to find key \"b\""},
        {"lookup({a = 1}, secret)", "error: lookup failed to find key (sensitive value)"},
        {"lookup(tomap({a = 1}), \"b\", \"x\")",
         "error: must have the same type as the map elements"},
        {"merge({a = 1}, null, tomap({b = 2})).b", "2"},
        {"merge([1])", "error: arguments must be maps or objects, got tuple"},
        {"zipmap([\"a\"], [])", "error: number of keys (1) does not match number of values (0)"},
        {"transpose({a = [\"x\", \"y\"], b = [\"x\"]}).x", "[\"a\", \"b\"]"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_mapping, cmocka_unit_test(test_mapping))
