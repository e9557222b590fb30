#include "function_case.h"

static void test_charset(void **) {
    static const FunctionCase cases[] = {
        {"textencodebase64(\"a\", \"Latin1\")", "\"YQ==\""},
        {"textencodebase64(\"é\", \" CP437 \")", "\"gg==\""},
        {"textencodebase64(\"a\", \"cp 437\")", "error: not a supported IANA encoding"},
        {"textencodebase64(\"a\", \"\")", "error: not a supported IANA encoding"},
        {"textencodebase64(\"a\", \"UTF-7\")", "error: not a supported IANA encoding"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_charset, cmocka_unit_test(test_charset))
