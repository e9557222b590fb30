#include "function_case.h"

static void test_crypto(void **) {
    static const FunctionCase cases[] = {
        {"uuidv5(\"nope\", \"a\")", "error: it must be dns, url, oid, x500 or a UUID"},
        {"uuid() == uuid()", "false"},
        {"length(bcrypt(\"x\", 4))", "60"},
        {"bcrypt(\"x\", 4, 5)", "error: no more than two arguments"},
        {"rsadecrypt(\"aa==\", \"key\")", "error: invalid private key: ssh: no key found"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_crypto, cmocka_unit_test(test_crypto))
