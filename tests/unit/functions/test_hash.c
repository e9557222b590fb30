#include "function_case.h"

static void test_hash(void **) {
    static const FunctionCase cases[] = {
        {"md5(\"\")", "\"d41d8cd98f00b204e9800998ecf8427e\""},
        {"sha256(\"é\") == sha256(\"e\\u0301\")", "true"},
        {"filemd5(\"/nonexistent/file\")", "error: no file exists at \"/nonexistent/file\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_hash, cmocka_unit_test(test_hash))
