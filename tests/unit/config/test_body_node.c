/* Bodies over nodes: the rules of the JSON syntax, for both languages. */
#include "config_case.h"

#include "body_merge.h"

static const BodyAttributeSchema attributes[] = {
    {"a", false, BODY_EXPRESSION},
    {"t", false, BODY_LITERAL},
};
static const BodyBlockSchema blocks[] = {{"b", 0}, {"l", 1}, {"m", 2}};
static const BodySchema schema = {
    .attributes = attributes,
    .attribute_count = ARRAY_COUNT(attributes),
    .blocks = blocks,
    .block_count = ARRAY_COUNT(blocks),
};

/* "a; b(…); l.x(…);" with the remaining body after "|". */
static void describe(const Body *body, StrBuf *buf, Arena *arena, Diags *diags) {
    BodyContent content;
    BodyContent left;
    const Body *rest;
    if (!body_content(body, &schema, &content, &rest, arena, diags) ||
        !body_attributes(rest, BODY_LITERAL, &left, arena, diags))
        return;
    vec_each(&content.attributes, attribute) {
        const Expr *expr = attribute->expr;
        strbuf_add_format(buf, "%.*s%s;", STR_ARG(attribute->name),
                          expr->kind == EXPR_LITERAL ? "" : "!");
    }
    vec_each(&content.blocks, block) {
        strbuf_add_format(buf, "%.*s", STR_ARG(block->type));
        for (size_t i = 0; i < 2 && block->labels[i].len; i++)
            strbuf_add_format(buf, ".%.*s", STR_ARG(block->labels[i]));
        strbuf_add_char(buf, '(');
        describe(block->body, buf, arena, diags);
        strbuf_add_char(buf, ')');
    }
    vec_each(&left.attributes, attribute) {
        strbuf_add_format(buf, "|%.*s", STR_ARG(attribute->name));
    }
}

static const Body *parse(const char *text, Arena *arena, Diags *diags) {
    const SourceText *source = source_text_new(STR("f"), str_from_cstr(text), arena);
    const Body *body = NULL;
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    return body_json_parse(source, functions, &body, arena, diags) ? body : NULL;
}

static void check(const char *text, const Body *body, const char *wanted, Arena *arena,
                  Diags *diags) {
    StrBuf buf = strbuf_new(arena);
    if (body)
        describe(body, &buf, arena, diags);
    Str got = diags->count ? config_case_text(diags, arena) : strbuf_str(&buf);
    if (!str_equal_cstr(got, wanted))
        fail_msg("%s\n  got:    %.*s\n  wanted: %s", text, STR_ARG(got), wanted);
}

static void contents(void **) {
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"{}", ""},
        {"{\"a\": 1, \"//\": \"why\", \"x\": 2}", "a;|x"},
        {"[{\"a\": 1}, {\"t\": 2}]", "a;t;"},
        {"[{\"a\": 1}, {\"a\": 2}]", "f:1:13 Duplicate argument\n"},
        {"{\"a\": null, \"b\": null}", "a;"},
        {"{\"a\": \"${x}\", \"t\": \"${x}\"}", "a!;t;"},
        {"{\"a\": {\"//\": 1}}", "a!;"},
        {"{\"b\": {\"a\": 1}, \"b\": {}}", "b(a;)b()"},
        {"{\"b\": [{\"a\": 1}, null, {}]}", "b(a;)b()b()"},
        {"{\"b\": [[{\"a\": 1}, {\"t\": 1}], []]}", "b(a;t;)b()"},
        {"{\"b\": [5, [5]]}", "f:1:8 Incorrect value type\nf:1:12 Incorrect value type\n"},
        {"{\"b\": []}", ""},
        {"{\"l\": {\"x\": {}, \"y\": [{}, {}], \"z\": null, \"//\": {}}}", "l.x()l.y()l.y()l.//()"},
        {"{\"l\": null}", "f:1:7 Missing block label\n"},
        {"{\"l\": [null, {}]}", "f:1:8 Incorrect value type\nf:1:7 Missing block label\n"},
        {"{\"l\": [{}, {\"x\": {}}]}", "l.x()"},
        {"{\"l\": [{\"x\": {}}, {\"x\": {}}]}", "l.x()l.x()"},
        {"{\"l\": \"x\"}", "f:1:7 Incorrect value type\nf:1:7 Missing block label\n"},
        {"{\"l\": [5]}", "f:1:8 Incorrect value type\nf:1:7 Missing block label\n"},
        {"{\"m\": {\"x\": {\"y\": {\"b\": {}}}}}", "m.x.y(b())"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        check(cases[i].text, parse(cases[i].text, arena, &diags), cases[i].wanted, arena, &diags);
    }
}

/* In a body of arguments only, one object holds all of them. */
static void arguments(void **) {
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"{\"b\": {\"x\": 1}}", ""},
        {"{\"b\": [{\"x\": 1}]}", ""},
        {"{\"b\": [null]}", "f:1:8 Incorrect value type\n"},
        {"{\"b\": [[{\"x\": 1}]]}", "f:1:8 Incorrect value type\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        const Body *body = parse(cases[i].text, arena, &diags);
        BodyContent content, inner;
        assert_true(body_content(body, &schema, &content, NULL, arena, &diags));
        bool ok =
            body_attributes(content.blocks.items[0].body, BODY_LITERAL, &inner, arena, &diags);
        check_str(config_case_text(&diags, arena), cases[i].wanted);
        assert_int_equal(ok, !*cases[i].wanted);
    }
}

/* Body `above` merged over body `base`. */
static void merges(void **) {
    static const struct {
        const char *base;
        const char *above;
        const char *wanted;
    } cases[] = {
        {"{\"a\": \"${x}\"}", "{\"a\": 1}", "a;"},
        {"{\"a\": 1}", "{\"t\": 1}", "a;t;"},
        {"{\"b\": [{}, {}], \"l\": {\"x\": {}}}", "{\"b\": {\"a\": 1}}", "l.x()b(a;)"},
        {"{\"x\": 1, \"y\": 1}", "{\"y\": 2, \"z\": 2}", "|x|y|z"},
        {"{\"l\": {\"x\": {\"a\": 1}}}", "{\"l\": {\"x\": {\"t\": 1}}}", "l.x(a;t;)"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        const Body *base = parse(cases[i].base, arena, &diags);
        const Body *above = parse(cases[i].above, arena, &diags);
        check(cases[i].base, body_merge(base, above, "l", arena), cases[i].wanted, arena, &diags);
    }
}

/* The innermost object or array around the first X. */
static void outlines(void **) {
    static const struct {
        const char *json, *wanted;
    } cases[] = {
        {"{\"a\": {\"b\": {\"c\": \"X\"}}}", "a.b"},
        {"{\"a\": {\"b\": [1, {\"c\": \"X\"}]}}", "a.b[1]"},
        {"{\"a\": 1, \"X\": {\"b\": 1}}", ""},
        {"{\"a\": {\"b\": 1}, \"c\": [[2, \"X\"]]}", "c[0]"},
        {"[{\"a\": 1}, {\"b\": {\"c\": \"X\"}}]", "[1].b"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        const SourceText *source = source_text_new(STR("f"), str_from_cstr(cases[i].json), arena);
        const Body *body;
        assert_true(body_json_parse(source, NULL, &body, arena, &diags));
        uint32_t place = (uint32_t)(strchr(cases[i].json, 'X') - cases[i].json);
        check_str(source_text_outline(source, place, arena), cases[i].wanted);
    }
}

UNIT_MAIN(test_body_node) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contents),
        cmocka_unit_test(arguments),
        cmocka_unit_test(merges),
        cmocka_unit_test(outlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
