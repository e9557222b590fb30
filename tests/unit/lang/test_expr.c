#include "lang_case.h"

static const Expr *parsed(const char *text) {
    Diags diags = diags_new(arena);
    const Expr *expr = NULL;
    assert_true(parser_parse_expression(text_source(text), NULL, &expr, arena, &diags));
    return expr;
}

static void add_name(Traversal *traversal, void *payload) {
    StrBuf *buf = payload;
    if (buf->len)
        strbuf_add_char(buf, ' ');
    strbuf_add(buf, source_range_text(traversal->range));
}

static void test_traversals_in_order(void **) {
    static const LangCase cases[] = {
        {"a + b.c * d - e", "a b.c d e"},
        {"[for x in y : x.z + w if x == v]", "y w v"},
        {"f(a, \"${b}\", {(c) = d, k = e})", "a b c d e"},
        {"a[b].c[*].d ? e : !f", "a b e f"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrBuf buf = strbuf_new(arena);
        expr_each_traversal(parsed(cases[i].text), add_name, &buf);
        check_str(strbuf_str(&buf), cases[i].outcome);
    }
}

static void test_literals(void **) {
    Value value;
    assert_true(expr_as_literal(parsed("{a = [-1, \"x\", null]}"), &value, arena));
    check_str(type_to_constraint(value.type, arena), "object({a=tuple([number, string, any])})");
    assert_false(expr_as_literal(parsed("[a]"), &value, arena));
    assert_false(expr_as_literal(parsed("f()"), &value, arena));
}

static void test_lone_traversal(void **) {
    assert_non_null(expr_as_traversal(parsed("(a.b)")));
    assert_non_null(expr_as_traversal(parsed("\"${a.b}\"")));
    assert_null(expr_as_traversal(parsed("a + b")));
}

static void test_unwrapping(void **) {
    static const struct {
        const char *text;
        ExprKind wanted;
    } cases[] = {
        {"a", EXPR_TRAVERSAL}, {"((a))", EXPR_TRAVERSAL},    {"\"${(\"${a}\")}\"", EXPR_TRAVERSAL},
        {"(1)", EXPR_LITERAL}, {"\"x${a}\"", EXPR_TEMPLATE}, {"(a ? 1 : 2)", EXPR_CONDITIONAL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(expr_unwrap(parsed(cases[i].text))->kind, cases[i].wanted);
}

static void test_has_traversal(void **) {
    assert_true(expr_has_traversal(parsed("[1, a.b]")));
    assert_true(expr_has_traversal(parsed("[for x in y : x]")));
    assert_false(expr_has_traversal(parsed("[for x in [1] : x]")));
    assert_false(expr_has_traversal(parsed("f(1, \"x\")")));
}

RUN_LANG_TESTS(test_expr, cmocka_unit_test(test_unwrapping), cmocka_unit_test(test_has_traversal),
               cmocka_unit_test(test_traversals_in_order), cmocka_unit_test(test_literals),
               cmocka_unit_test(test_lone_traversal))
