/* Bodies whose references are replaced by values: attributes, nested blocks, the remaining body. */
#include "suite_values.h"
#include "unit.h"

static Map *names(Arena *arena) {
    Map *map = arena_new(arena, Map);
    Value *value = arena_new(arena, Value);
    *map = map_new(arena);
    *value = value_from_cstr("seen");
    map_set(map, STR("known"), value);
    return map;
}

static const Body *body_of(const char *text, const Scope *scope, Arena *arena) {
    Diags diags = diags_new(arena);
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    const SourceText *source = source_text_new(STR("a.tftest.hcl"), str_from_cstr(text), arena);
    const Body *body;
    assert_true(body_hcl_parse(source, functions, &body, arena, &diags));
    return suite_body_new(body, scope, arena);
}

static void check_text(const BodyContent *content, const char *name, const char *wanted) {
    const BodyAttribute *attribute = body_content_find(content, name);
    assert_non_null(attribute);
    assert_int_equal(attribute->expr->kind, EXPR_LITERAL);
    check_str(value_text(attribute->expr->as.literal), wanted);
}

static void binds(void **) {
    static const BodyAttributeSchema attributes[] = {{"a", false, BODY_EXPRESSION},
                                                     {"b", false, BODY_EXPRESSION}};
    static const BodyBlockSchema blocks[] = {{"inner", 0}};
    static const BodySchema schema = {attributes, 2, blocks, 1};
    Arena *arena = arena_open("test");
    Diags diags = diags_new(arena);
    Scope scope = scope_from_map(names(arena), function_table_new(NULL, 0, arena));
    const Body *body =
        body_of("a = known\nb = \"plain\"\nrest = known\ninner {\n  a = known\n}\n", &scope, arena);
    BodyContent content, inner, left;
    const Body *rest;
    assert_true(body_content(body, &schema, &content, &rest, arena, &diags));
    check_text(&content, "a", "seen");
    check_text(&content, "b", "plain");
    assert_true(body_content(content.blocks.items[0].body, &schema, &inner, NULL, arena, &diags));
    check_text(&inner, "a", "seen");
    assert_true(body_attributes(rest, BODY_EXPRESSION, &left, arena, &diags));
    check_text(&left, "rest", "seen");
    arena_close(arena);
}

static void reports_missing_names(void **) {
    Arena *arena = arena_open("test");
    Diags diags = diags_new(arena);
    Scope scope = scope_from_map(names(arena), function_table_new(NULL, 0, arena));
    const Body *body = body_of("a = unknown\nb = known\n", &scope, arena);
    BodyContent content;
    assert_false(body_attributes(body, BODY_EXPRESSION, &content, arena, &diags));
    assert_int_equal(diags.error_count, 1);
    assert_null(body_content_find(&content, "a"));
    check_str(content.failed.items[0], "a");
    check_text(&content, "b", "seen");
    arena_close(arena);
}

UNIT_MAIN(test_suite_body) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(binds),
        cmocka_unit_test(reports_missing_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
