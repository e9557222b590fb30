#include "function_case.h"

static void test_format_number(void **) {
    static const FunctionCase cases[] = {
        {"format(\"%05d|%+d|% d|%x|%X|%o|%b\", -42, 5, 5, 255, 255, 8, 5)",
         "\"-0042|+5| 5|ff|FF|10|101\""},
        {"format(\"%#x|%.3d\", 255, 5)", "\"0xff|005\""},
        {"format(\"%.2f|%8.3f|%e|%g\", 3.14159, 2.5, 12345.678, 1e21)",
         "\"3.14|   2.500|1.234568e+04|1e+21\""},
        {"format(\"%v %v %v\", 100000, 1000000, 0.00001)", "\"100000 1e+06 1e-05\""},
        {"format(\"%d\", 123456789012345678901234567890)", "\"123456789012345678901234567890\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_format_number, cmocka_unit_test(test_format_number))
