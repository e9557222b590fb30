#include "function_case.h"

static void test_csv(void **) {
    static const FunctionCase cases[] = {
        {"csvdecode(\"a,b\\n\\\"x,\\\"\\\"y\\\",2\")[0].a", "\"x,\\\"y\""},
        {"csvdecode(\"a,a\\n\")", "error: duplicate column name \"a\""},
        {"csvdecode(\"a,b\\n1\")", "error: CSV parse error on line 2: wrong number of fields"},
        {"csvdecode(\"a\\n\\\"x\")", "error: extraneous or missing"},
        {"csvdecode(\"\")", "error: missing header line"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_csv, cmocka_unit_test(test_csv))
