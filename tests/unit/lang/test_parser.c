#include "lang_case.h"

static void test_syntax_errors(void **) {
    static const LangCase cases[] = {
        {"", "Missing expression: Expected the start of an expression, but found the end"},
        {"1 2",
         "The expression is complete and must be followed by nothing else, but found a number."},
        {"(1", "Expected a closing parenthesis"},
        {"[1 2]", "Expected a comma or the closing bracket after this item"},
        {"{a}", "Expected an equals sign (\"=\") between the key and its value"},
        {"{a = 1 b = 2}", "Expected a newline or a comma"},
        {"{a.b = 1}", "Ambiguous attribute key"},
        {"a.", "Expected an attribute name after the dot"},
        {"a.0.1", "Use brackets: [0][1]."},
        {"true ? 1", "Missing false expression in conditional"},
        {"f(1 2)", "Expected a comma to separate this argument"},
        {"f(a... , b)", "An expanded argument (with ...) must be the last one"},
        {"a::(1)", "Missing function name"},
        {"'a'", "Strings require double quotes"},
        {"[for x : x]", "Expected the keyword 'in'"},
        {"[for x in y : a => b]", "A tuple has no keys"},
        {"{for x in y : a}", "An object requires a key"},
        {"(1 + ) + [2 3", "but found a closing parenthesis."},
        {"<< EOT", "directly followed by a marker name"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

static void test_precedence_and_newlines(void **) {
    static const LangCase cases[] = {
        {"1 + 2 == 3 && !false || false", "bool true"},
        {"(1\n+\n2)", "number 3"},
        {"[\n1, # one\n2, // two\n]", "tuple([number, number]) [1, 2]"},
        {"{\na = 1\n\nb = /* */ 2\n}.b", "number 2"},
        {"-n.x", "Can't access attributes on a primitive-typed value"},
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

/* Deep nesting is an error, not a stack overflow. */
static void test_depth(void **) {
    static const char *const starts[] = {"(", "[", "-", "!", "f(", "\"${", "1 ? ", "a[", "{a="};
    for (size_t i = 0; i < ARRAY_COUNT(starts); i++) {
        StrBuf buf = strbuf_new(arena);
        for (int k = 0; k < 100000; k++)
            strbuf_add_cstr(&buf, starts[i]);
        strbuf_add_char(&buf, '\0');
        Str got = evaluated(buf.ptr);
        assert_true(str_starts_with(got, STR("Expression nested too deeply")));
    }
}

static void test_expression_at(void **) {
    const SourceText *source = text_source("a = [1,\n 2] # more\nb = 2\n");
    Diags diags = diags_new(arena);
    const Expr *expr = NULL;
    uint32_t end = 0;
    assert_true(parser_parse_expression_at(source, 4, &expr, &end, arena, &diags));
    assert_int_equal(end, 12);
    check_str(source_range_text(expr->range), "[1,\n 2]");
    assert_false(parser_parse_expression_at(text_source("1 2\n"), 0, &expr, &end, arena, &diags));
    check_str(diags.items[0].summary, "Missing newline after argument");
}

static void test_traversal(void **) {
    Diags diags = diags_new(arena);
    Traversal *traversal = NULL;
    assert_true(parser_parse_traversal(text_source("a.b[\"k\"].c[0]"), &traversal, arena, &diags));
    check_str(traversal->root, "a");
    assert_int_equal(traversal->step_count, 4);
    check_str(source_range_text(traversal->steps[1].range), "[\"k\"]");
    assert_false(parser_parse_traversal(text_source("a[b]"), &traversal, arena, &diags));
    check_str(diags.items[0].summary, "Invalid reference");
}

RUN_LANG_TESTS(test_parser, cmocka_unit_test(test_syntax_errors),
               cmocka_unit_test(test_precedence_and_newlines), cmocka_unit_test(test_depth),
               cmocka_unit_test(test_expression_at), cmocka_unit_test(test_traversal))
