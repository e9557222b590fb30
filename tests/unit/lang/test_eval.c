#include "lang_case.h"

static void test_names_and_constructors(void **) {
    static const LangCase cases[] = {
        {"n", "number 5"},
        {"nope", "Unknown variable: There is no variable named \"nope\""},
        {"secre", "Did you mean \"secret\"?"},
        {"[1, \"a\"]", "tuple([number, string]) [1, \"a\"]"},
        {"{(s) = 1}.text", "number 1"},
        {"{a = 1, a = 2}.a", "number 2"},
        {"{(nothing) = 1}", "Null value as key: The key is null."},
        {"{([]) = 1}", "Incorrect key type"},
        {"{true = 1}[\"true\"]", "number 1"},
        {"upper(s)", "Call to unknown function: There is no function"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

static const Diag *only_error(const char *text, Diags *diags) {
    const Expr *expr = NULL;
    Value value;
    Scope scope = scope_from_map(&variables, NULL);
    *diags = diags_new(arena);
    assert_true(parser_parse_expression(text_source(text), NULL, &expr, arena, diags));
    assert_false(eval_expr(expr, &scope, &value, arena, diags));
    assert_int_equal(diags->count, 1);
    return &diags->items[0];
}

static void test_error_shows_values_but_no_secret(void **) {
    Diags diags;
    const Diag *diag = only_error("[n + 1, s + 1][0]", &diags);
    check_str(source_range_text(diag->range), "s");
    assert_int_equal(diag->values.count, 1);
    check_str(diag->values.items[0].traversal, "s");
    check_str(diag->values.items[0].statement, "is \"text\"");
    diag = only_error("n + secret", &diags);
    assert_int_equal(diag->values.count, 0);
    diag = only_error("n + s.deep.er", &diags);
    assert_int_equal(diag->values.count, 1);
    check_str(diag->values.items[0].traversal, "s");
    diag = only_error("[for x in [s] : x + 1]", &diags);
    assert_int_equal(diag->values.count, 0);
    assert_true(diag->is_of_element);
}

static void test_converted(void **) {
    Diags diags = diags_new(arena);
    const Expr *expr = NULL;
    Value value;
    Scope scope = scope_from_map(&variables, NULL);
    assert_true(parser_parse_expression(text_source("n"), NULL, &expr, arena, &diags));
    assert_true(eval_expr_as(expr, &scope, &TYPE_STRING, &value, arena, &diags));
    check_str(value_text(value), "5");
    assert_false(eval_expr_as(expr, &scope, &TYPE_BOOL, &value, arena, &diags));
    assert_int_equal(diags.count, 1);
}

static void test_budget_ends_an_evaluation(void **) {
    Diags diags = diags_new(arena);
    const Expr *expr = NULL;
    Value value;
    Budget budget = {.steps = 50, .elements = 10, .bytes = 1000};
    Scope scope = scope_from_map(&variables, NULL);
    scope.budget = &budget;
    const char *text = "[for a in [1,2,3] : [for b in [1,2,3] : [a, b]]]";
    assert_true(parser_parse_expression(text_source(text), NULL, &expr, arena, &diags));
    assert_false(eval_expr(expr, &scope, &value, arena, &diags));
    check_str(diags.items[0].summary, "Expression too expensive");
}

RUN_LANG_TESTS(test_eval, cmocka_unit_test(test_names_and_constructors),
               cmocka_unit_test(test_error_shows_values_but_no_secret),
               cmocka_unit_test(test_converted), cmocka_unit_test(test_budget_ends_an_evaluation))
