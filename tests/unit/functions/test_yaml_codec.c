#include "function_case.h"

static void encoding(void **) {
    static const FunctionCase cases[] = {
        {"yamlencode({a = [1, \"x\"], b = {}})",
         "\"\\\"a\\\":\\n- 1\\n- \\\"x\\\"\\n\\\"b\\\": {}\\n\""},
        {"yamlencode(true)", "\"true\\n...\\n\""},
        {"yamlencode(\"a\\nb\\n\")", "\"|\\n  a\\n  b\\n\""},
        {"yamldecode(yamlencode({t = \"yes\", n = null, f = 1.5})).t", "\"yes\""},
        {"yamlencode([unknown])", "(known after apply)"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

static void decoding(void **) {
    static const FunctionCase cases[] = {
        {"yamldecode(\"a: &x [1, yes]\\nb: *x\").b", "[1, true]"},
        {"yamldecode(\"2006-1-2\")", "\"2006-01-02T00:00:00Z\""},
        {"yamldecode(\"a:\\n  b: *x\")",
         "error: on line 2, column 6: this alias has no anchor before it"},
        {"yamldecode(\"[1, 2\")", "error: on line 2, column 1: "},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

/* Messages contain nothing of a sensitive text. */
static void secret(void **) {
    set_variable("broken",
                 value_with_marks(value_from_cstr("a: &classified [*classified]"), MARK_SENSITIVE));
    Str said = called("yamldecode(broken)");
    assert_true(str_starts_with(said, STR("error: ")));
    assert_true(str_find(said, STR("classified"), 0) == SIZE_MAX);
}

RUN_FUNCTION_TESTS(test_yaml_codec, cmocka_unit_test(encoding), cmocka_unit_test(decoding),
                   cmocka_unit_test(secret))
