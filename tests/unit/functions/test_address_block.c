#include "function_case.h"

static void test_address_block(void **) {
    static const FunctionCase cases[] = {
        {"cidrsubnet(\"::ffff:10.0.0.0/104\", 8, 1)", "\"10.1.0.0/16\""},
        {"cidrhost(\"010.0.0.7/8\", 1)", "\"10.0.0.1\""},
        {"cidrhost(\"::/0\", 1)", "\"::1\""},
        {"cidrhost(\"1:0:0:2::/64\", 0)", "\"1:0:0:2::\""},
        {"cidrhost(\"10.0.0/8\", 1)", "error: invalid CIDR address: 10.0.0/8"},
        {"cidrhost(\"10.0.0.0/33\", 1)", "error: invalid CIDR address"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_address_block, cmocka_unit_test(test_address_block))
