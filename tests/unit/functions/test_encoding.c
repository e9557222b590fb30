#include "function_case.h"

static void test_encoding(void **) {
    static const FunctionCase cases[] = {
        {"base64decode(\"whee\")", "error: not valid UTF-8"},
        {"base64decode(\"?\")", "error: failed to decode base64 data"},
        {"base64gunzip(base64gzip(\"hello é\"))", "\"hello é\""},
        {"base64gunzip(\"AAAA\")", "error: failed to decompress"},
        {"textencodebase64(\"a\", \"UTF-16\")", "\"/v8AYQ==\""},
        {"textencodebase64(\"日\", \"cp437\")",
         "error: characters that cannot be represented in IBM437"},
        {"textencodebase64(\"a\", \"x//TRANSLIT\")",
         "error: is not a supported IANA encoding name"},
        {"urldecode(\"%zz\")", "error: invalid URL escape \"%zz\""},
        {"urlencode(\"é ~\")", "\"%C3%A9+~\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_encoding, cmocka_unit_test(test_encoding))
