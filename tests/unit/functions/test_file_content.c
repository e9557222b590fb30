#include "function_case.h"

static void test_no_disk(void **) {
    static const FunctionCase cases[] = {
        {"file(\"a\")", "error: files cannot be read here"},
        {"fileset(\".\", \"*\")", "error: files cannot be read here"},
    };
    scope.io = NULL;
    check_cases(cases, ARRAY_COUNT(cases));
    scope.io = &io;
}

RUN_FUNCTION_TESTS(test_file_content, cmocka_unit_test(test_no_disk))
