#include "function_case.h"

static void test_regex(void **) {
    static const FunctionCase cases[] = {
        {"regex(\"(?P<y>\\\\d+)-(?P<m>\\\\d+)\", \"2019-02\").m", "\"02\""},
        {"regex(\"(a)|(b)\", \"b\")", "[null, \"b\"]"},
        {"regex(\"x\", \"y\")", "error: pattern did not match any part"},
        {"regex(\"(?P<a>x)(y)\", \"xy\")", "error: cannot mix both named and unnamed"},
        {"regex(\"(a)\\\\1\", \"aa\")", "error: invalid escape sequence in \\1"},
        {"regex(\"a(?=b)\", \"ab\")", "error: unsupported Perl syntax in (?="},
        {"regex(\"(\", \"a\")", "error: invalid regexp pattern"},
        {"regexall(\"a*\", \"baac\")", "[\"\", \"aa\", \"\"]"},
        {"regex(\"(a*)*\", \"aab\")", "[\"aa\"]"},
        {"regex(\"(a|b*)*\", \"aab\")", "[\"b\"]"},
        {"regex(\"(a*)+\", \"b\")", "[\"\"]"},
        {"regex(\"(?P<1>a)\", \"a\")[\"1\"]", "\"a\""},
        {"regex(\"[\\\\b]\", \"a\")", "error: invalid escape sequence in \\b"},
        {"replace(\"ab\", \"/(?P<n>x)|(?P<n>b)/\", \"<$n>\")", "\"a<b>\""},
        {"replace(\"abc\", \"/(b)/\", \"[$1]\")", "\"a[b]c\""},
        {"replace(\"abc\", \"\", \"-\")", "\"-a-b-c-\""},
        {"regex(\"\\\\p{L}+\", \"été 1\")", "\"été\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_regex, cmocka_unit_test(test_regex))
