#include "function_case.h"

static void test_json_codec(void **) {
    static const FunctionCase cases[] = {
        {"jsonencode({a = \"<é>\", b = [1.5, null]})",
         "\"{\\\"a\\\":\\\"\\\\u003cé\\\\u003e\\\",\\\"b\\\":[1.5,null]}\""},
        {"jsondecode(\"[1, {}]\")", "[1, {}]"},
        {"jsondecode(\"[1\")", "error: at byte"},
        {"jsondecode(\"1 2\")", "error: at byte"},
        {"jsonencode(unknown)", "(known after apply)"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_json_codec, cmocka_unit_test(test_json_codec))
