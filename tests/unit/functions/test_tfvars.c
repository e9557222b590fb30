#include "function_case.h"

#define P "provider::terraform::"

static void test_encode_expr(void **) {
    static const FunctionCase cases[] = {
        {P "encode_expr(\"a\\n$${b}\\\"\")", "\"\\\"a\\\\n$$${b}\\\\\\\"\\\"\""},
        {P "encode_expr([1.5, true, {}, []])", "\"[1.5, true, {}, []]\""},
        {P "encode_expr([null])", "\"[null]\""},
        {P "encode_expr(toset([\"b\", \"a\"]))", "\"[\\\"a\\\", \\\"b\\\"]\""},
        {P "encode_expr(null)", "error: must not be null"},
        {"split(\"\\n\", " P "encode_expr({aa = 1, \"b c\" = 2, d = {e = 1}, f = 1}))[1]",
         "\"  aa    = 1\""},
        {"split(\"\\n\", " P "encode_expr({aa = 1, \"b c\" = 2, d = {e = 1}, f = 1}))[3]",
         "\"  d = {\""},
        {"split(\"\\n\", " P "encode_expr({aa = 1, d = {eee = 1, f = 2}}))[4]", "\"    f   = 2\""},
        {"split(\"\\n\", " P "encode_expr({a = [{b = 1}]}))[2]", "\"    b = 1\""},
        {"split(\"\\n\", " P "encode_expr({a = [{b = 1}]}))[3]", "\"  }]\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

static void test_tfvars(void **) {
    static const FunctionCase cases[] = {
        {P "encode_tfvars({a = 1, bb = \"x\"})", "\"a  = 1\\nbb = \\\"x\\\"\\n\""},
        {P "encode_tfvars({})", "\"\""},
        {P "encode_tfvars({\"a b\" = 1})", "error: not a valid variable name"},
        {P "encode_tfvars([1])", "error: must be an object"},
        {P "decode_tfvars(\"\")", "{}"},
        {P "decode_tfvars(\"# x\\n\\na = 1 # y\\nb = [1,\\n2]\").b[1]", "2"},
        {P "decode_tfvars(\"a = \\\"x$${1 + 1}\\\"\").a", "\"x2\""},
        {P "decode_tfvars(\"a = var.x\")", "error: line 1, column 5"},
        {P "decode_tfvars(\"a = upper(1)\")", "error: Function calls not allowed"},
        {P "decode_tfvars(\"\\na {}\")", "error: line 2, column 1"},
        {P "decode_tfvars(\"a = 1\\na = 2\")", "error: line 2, column 1: Attribute redefined"},
        {P "decode_tfvars(\"a = 1 b = 2\")", "error: line 1, column 7"},
        {P "decode_tfvars(\"1 = 1\")",
         "error: line 1, column 1: Argument or block definition required"},
        {P "decode_tfvars(" P "encode_tfvars({a = {b = [1, {c = \"$${x}\"}]}})).a.b[1].c",
         "\"$${x}\""},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

RUN_FUNCTION_TESTS(test_tfvars, cmocka_unit_test(test_encode_expr), cmocka_unit_test(test_tfvars))
