#include "function_case.h"

static void test_yaml_encode(void **state) {
    static const FunctionCase cases[] = {
        {"yamlencode({a = [1, \"x\"], b = {}})",
         "\"\\\"a\\\":\\n- 1\\n- \\\"x\\\"\\n\\\"b\\\": {}\\n\""                             },
        {"yamlencode(true)",                                           "\"true\\n...\\n\""   },
        {"yamlencode(\"a\\nb\\n\")",                                   "\"|\\n  a\\n  b\\n\""},
        {"yamldecode(yamlencode({t = \"yes\", n = null, f = 1.5})).t", "\"yes\""             },
        {"yamlencode([unknown])",                                      "(known after apply)" },
    };
    (void)state;
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(cmocka_unit_test(test_yaml_encode))
