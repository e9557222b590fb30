#include "function_case.h"

static void test_timestamp(void **state) {
    static const FunctionCase cases[] = {
        {"timeadd(\"1969-12-31T23:59:59Z\", \"-1s\")",      "\"1969-12-31T23:59:58Z\""               },
        {"timeadd(\"2000-02-29T00:00:00+05:30\", \"24h\")", "\"2000-03-01T00:00:00+05:30\""          },
        {"timeadd(\"2001-02-29T00:00:00Z\", \"0\")",        "error: day out of range"                },
        {"timeadd(\"2001-13-01T00:00:00Z\", \"0\")",        "error: as month"                        },
        {"timeadd(\"2001-01-01T00:00:00\", \"0\")",         "error: end of string before UTC offset" },
        {"timeadd(\"2001-01-01 00:00:00Z\", \"0\")",        "error: missing required time introducer"},
    };
    (void)state;
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(cmocka_unit_test(test_timestamp))
