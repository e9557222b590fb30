/* Quoted keywords and types of old native configurations. */
#include "config_case.h"

#include "config_legacy.h"

static const Expr *parsed(const char *text, Arena *arena) {
    const SourceText *source = source_text_new(STR("main.tf"), str_from_cstr(text), arena);
    const Expr *expr = NULL;
    Diags diags = diags_new(arena);
    assert_true(parser_parse_expression(source, NULL, &expr, arena, &diags));
    return expr;
}

typedef struct QuotedCase {
    const char *text;
    const char *diags;
    bool is_replaced;
} QuotedCase;

#define QUOTED "W main.tf:1:1 Quoted references are deprecated\n"

static void references(void **) {
    static const QuotedCase cases[] = {
        {"\"a.b[0].c\"", QUOTED, true},
        {"\"a b\"", "main.tf:1:4 Invalid reference\n" QUOTED, false},
        {"\"a.\"", "main.tf:1:4 Invalid reference\n" QUOTED, false},
        {"\"a[b]\"", "main.tf:1:4 Invalid reference\n" QUOTED, false},
        {"\"a[0\"", "main.tf:1:5 Invalid reference\n" QUOTED, false},
        {"\"\"", "main.tf:1:2 Invalid reference\nmain.tf:1:1 Invalid expression\n" QUOTED, false},
        {"a.b", "", false},
        {"\"${a}\"", "", false},
        {"1", "", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        const Expr *expr = parsed(cases[i].text, arena);
        const Expr *got = expr;
        bool ok = config_legacy_unquote(&got, "reference", arena, &diags);
        assert_int_equal(ok, diags.error_count == 0);
        check_str(config_case_text(&diags, arena), cases[i].diags);
        assert_int_equal(got != expr, cases[i].is_replaced);
    }
}

/* A range in quoted text lies inside the quotes. */
static void places(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    const Expr *got = parsed("\"ab.cd\"", arena);
    assert_true(config_legacy_unquote(&got, "keyword", arena, &diags));
    assert_int_equal(got->kind, EXPR_TRAVERSAL);
    SourceRange step = source_range_resolve(got->as.traversal->steps[0].range);
    assert_int_equal(source_text_position(step.source, step.start).column, 4);
    check_str(diags.items[0].summary, "Quoted keywords are deprecated");
}

static void types(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    TypeConstraint type = {0};
    assert_true(config_legacy_type(parsed("list", arena), &type, arena));
    check_str(type_to_constraint(type.type, arena), "list(any)");
    assert_true(config_legacy_type(parsed("map", arena), &type, arena));
    check_str(type_to_constraint(type.type, arena), "map(any)");
    assert_false(config_legacy_type(parsed("string", arena), &type, arena));
    assert_false(config_legacy_type(parsed("list.x", arena), &type, arena));
}

UNIT_MAIN(test_config_legacy) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(references),
        cmocka_unit_test(places),
        cmocka_unit_test(types),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
