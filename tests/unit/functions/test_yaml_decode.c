#include "function_case.h"

static void test_yaml_decode(void **state) {
    static const FunctionCase cases[] = {
        {"yamldecode(\"a: &x [1, yes]\\nb: *x\").b", "[1, true]"                                 },
        {"yamldecode(\"a: *x\")",                    "error: this alias has no anchor before it" },
        {"yamldecode(\"a: &x [*x]\")",               "error: refers to what it is a part of"     },
        {"yamldecode(\"<<: {a: 1}\\na: 2\").a",      "2"                                         },
        {"yamldecode(\"a: 1\\n---\\nb: 2\")",        "error: more than one YAML document"        },
        {"yamldecode(\"[1, 2\")",                    "error: on line "                           },
        {"yamldecode(\"? [1]\\n: 2\")",              "error: a key of a mapping must be a string"},
    };
    (void)state;
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(cmocka_unit_test(test_yaml_decode))
