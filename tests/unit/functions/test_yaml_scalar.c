#include "function_case.h"

static void test_yaml_scalar(void **state) {
    static const FunctionCase cases[] = {
        {"yamldecode(\"[0x1f, 0o17, 017, 1e2, .5, -1]\")",          "[31, 15, 17, 100, 0.5, -1]"        },
        {"yamldecode(\"[~, Null, no, On, \\\"yes\\\", !!str 1]\")",
         "[null, null, false, true, \"yes\", \"1\"]"                                                    },
        {"yamldecode(\"2006-1-2\")",                                "\"2006-01-02T00:00:00Z\""          },
        {"yamldecode(\".nan\")",                                    "error: is not supported"           },
        {"yamldecode(\"!!int x\")",                                 "error: cannot parse \"x\" as !!int"},
        {"yamldecode(\"!foo 1\")",                                  "error: unsupported tag \"!foo\""   },
    };
    (void)state;
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(cmocka_unit_test(test_yaml_scalar))
