#include "function_case.h"

static void test_network(void **) {
    static const FunctionCase cases[] = {
        {"cidrhost(\"10.0.0.0/24\", 256)",
         "error: prefix of 24 does not accommodate a host numbered 256"},
        {"cidrhost(\"fd00::/64\", -1)", "\"fd00::ffff:ffff:ffff:ffff\""},
        {"cidrsubnet(\"10.0.0.0/8\", 25, 0)", "error: insufficient address space"},
        {"cidrsubnet(\"10.0.0.0/8\", 2, 4)", "error: does not accommodate a subnet numbered 4"},
        {"cidrsubnets(\"10.0.0.0/8\", 1, 1, 1)", "error: not enough remaining address space"},
        {"cidrsubnets(\"10.0.0.0/8\", 0)", "error: must extend prefix by at least one bit"},
        {"cidrsubnets(\"2001:db8::/64\", 56, 56)", "[\"2001:db8::/120\", \"2001:db8::100/120\"]"},
        {"cidrsubnets(\"::/0\", 1, 128)", "[\"::/1\", \"8000::/128\"]"},
        {"cidrsubnets(\"10.0.0.0/8\", 33)", "error: would extend prefix to 41 bits"},
        {"cidrsubnet(\"2001:db8::/64\", 63, 1)", "\"2001:db8::2/127\""},
        {"cidrnetmask(\"fd00::/8\")", "error: IPv6 addresses cannot have a netmask"},
        {"cidrcontains(\"10.0.0.0/8\", \"fd00::1\")", "error: address family mismatch"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

#define TO_128      "340282366920938463463374607431768211456"
#define PAST_128    "340282366920938463463374607431768211457"
#define PAST_DOUBLE "680564733841876926926749214863536422913"

/* Numbers around 2^128 and -2^128, the distances that no network has. */
static void test_large_numbers(void **) {
    static const FunctionCase cases[] = {
        {"cidrhost(\"::/0\", " TO_128 " - 1)", "\"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff\""},
        {"cidrhost(\"::/0\", " TO_128 ")", "error: does not accommodate a host numbered " TO_128},
        {"cidrhost(\"::/0\", -" TO_128 ")", "\"::\""},
        {"cidrhost(\"::/0\", -" PAST_128 ")",
         "error: does not accommodate a host numbered -" PAST_128},
        {"cidrhost(\"10.0.0.0/8\", " PAST_128 ")",
         "error: does not accommodate a host numbered " PAST_128},
        {"cidrhost(\"10.0.0.0/8\", -" PAST_128 ")",
         "error: does not accommodate a host numbered -" PAST_128},
        {"cidrhost(\"10.0.0.0/8\", " PAST_DOUBLE ")",
         "error: does not accommodate a host numbered " PAST_DOUBLE},
        {"cidrhost(\"10.0.0.0/8\", 1e60)", "error: does not accommodate a host numbered 1000"},
        {"cidrhost(\"10.0.0.0/8\", 1.5)", "error: an integer is required"},
        {"cidrhost(\"10.0.0.0/8\", -0)", "\"10.0.0.0\""},
        {"cidrsubnet(\"10.0.0.0/8\", 4, " PAST_128 ")",
         "error: does not accommodate a subnet numbered " PAST_128},
        {"cidrsubnet(\"10.0.0.0/8\", 4, -" TO_128 ")",
         "error: does not accommodate a subnet numbered -" TO_128},
        {"cidrsubnet(\"10.0.0.0/8\", 4, 1e60)",
         "error: does not accommodate a subnet numbered 1000"},
        {"cidrsubnet(\"::/0\", 128, " TO_128 " - 1)",
         "\"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128\""},
        {"cidrsubnet(\"::/0\", 128, " TO_128 ")",
         "error: does not accommodate a subnet numbered " TO_128},
        {"cidrsubnet(\"::/0\", 128, -" TO_128 ")",
         "error: does not accommodate a subnet numbered -" TO_128},
        {"cidrsubnet(\"fd00::/8\", -4, " PAST_128 ")",
         "error: the subnet would be outside of the address range"},
        {"cidrsubnet(\"10.0.0.0/8\", -4, 1)", "\"26.0.0.0/4\""},
        {"cidrsubnet(\"10.0.0.0/8\", 4, -3)", "\"0.48.0.0/12\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_network, cmocka_unit_test(test_network),
                   cmocka_unit_test(test_large_numbers))
