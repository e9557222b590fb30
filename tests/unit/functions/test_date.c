#include "function_case.h"

static void test_date(void **) {
    static const FunctionCase cases[] = {
        {"formatdate(\"EEEE, D MMM YY H:mm AA ZZZ\", \"2018-01-02T23:02:01-08:00\")",
         "\"Tuesday, 2 Jan 18 11:02 PM -0800\""},
        {"formatdate(\"x\", \"2018-01-02T23:02:01Z\")",
         "error: write literal letters in single quotes"},
        {"formatdate(\"'a\", \"2018-01-02T23:02:01Z\")", "error: unterminated literal"},
        {"timeadd(\"2016-02-28T23:00:00Z\", \"1h30m\")", "\"2016-02-29T00:30:00Z\""},
        {"timeadd(\"2016-02-28T23:00:00Z\", \"soon\")", "error: not a valid duration"},
        {"timecmp(\"2020-01-01T00:00:00.5Z\", \"2020-01-01T00:00:00Z\")", "1"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_date, cmocka_unit_test(test_date))
