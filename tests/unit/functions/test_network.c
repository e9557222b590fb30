#include "function_case.h"

static void test_network(void **state) {
    static const FunctionCase cases[] = {
        {"cidrhost(\"10.0.0.0/24\", 256)",
         "error: prefix of 24 does not accommodate a host numbered 256"                                },
        {"cidrhost(\"fd00::/64\", -1)",               "\"fd00::ffff:ffff:ffff:ffff\""                  },
        {"cidrsubnet(\"10.0.0.0/8\", 25, 0)",         "error: insufficient address space"              },
        {"cidrsubnet(\"10.0.0.0/8\", 2, 4)",          "error: does not accommodate a subnet numbered 4"},
        {"cidrsubnets(\"10.0.0.0/8\", 1, 1, 1)",      "error: not enough remaining address space"      },
        {"cidrsubnets(\"10.0.0.0/8\", 0)",            "error: must extend prefix by at least one bit"  },
        {"cidrnetmask(\"fd00::/8\")",                 "error: IPv6 addresses cannot have a netmask"    },
        {"cidrcontains(\"10.0.0.0/8\", \"fd00::1\")", "error: address family mismatch"                 },
    };
    (void)state;
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(cmocka_unit_test(test_network))
