/* Bodies of native syntax decoded by a schema: their content, and errors with positions. */
#include "config_case.h"

static const BodyAttributeSchema attributes[] = {
    {"size", true, BODY_EXPRESSION},
    {"name", false, BODY_LITERAL},
};
static const BodyBlockSchema blocks[] = {
    {"disk", 1},
    {"network", 0},
    {"thing", 2},
};
static const BodySchema schema = {
    .attributes = attributes,
    .attribute_count = ARRAY_COUNT(attributes),
    .blocks = blocks,
    .block_count = ARRAY_COUNT(blocks),
};

typedef struct HclCase {
    const char *text;
    const char *wanted;
} HclCase;

static const Body *parse(const char *text, bool *ok, Arena *arena, Diags *diags) {
    const SourceText *source = source_text_new(STR("main.tf"), str_from_cstr(text), arena);
    const Body *body = NULL;
    *ok = body_hcl_parse(source, function_table_new(NULL, 0, arena), &body, arena, diags);
    assert_non_null(body);
    return body;
}

static Str shown(const BodyContent *content, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    vec_each(&content->attributes, attribute) {
        strbuf_add_format(&buf, "%.*s=%.*s;", STR_ARG(attribute->name),
                          STR_ARG(source_range_text(attribute->expr->range)));
    }
    vec_each(&content->blocks, block) {
        strbuf_add_format(&buf, "%.*s;", STR_ARG(source_range_text(block->range)));
    }
    return strbuf_str(&buf);
}

static void check(const HclCase *item, Str got, size_t *failures) {
    if (str_equal_cstr(got, item->wanted))
        return;
    print_error("%s\n  got:    %.*s\n  wanted: %s\n", item->text, STR_ARG(got), item->wanted);
    (*failures)++;
}

static void content(void **) {
    static const HclCase cases[] = {
        {"size = 1\ndisk a {}\nnetwork {}\ndisk \"b\" {}\n", "size=1;disk a;network;disk \"b\";"},
        {"thing a \"b\" {}\n", "main.tf:1:1 Missing required argument\n"},
        {"size = 1\nsize {}\n", "main.tf:2:1 Unsupported block type\n"},
        {"size = 1\nnetwork = 2\n", "main.tf:2:1 Unsupported argument\n"},
        {"size = 1\nsise = 2\nnetwrk {}\n",
         "main.tf:2:1 Unsupported argument\nmain.tf:3:1 Unsupported block type\n"},
        {"size = 1\ndisk {}\n", "main.tf:2:6 Missing name for disk\n"},
        {"size = 1\nthing {}\n", "main.tf:2:7 Missing type for thing\n"},
        {"size = 1\nnetwork a b {}\n", "main.tf:2:9 Extraneous label for network\n"},
        {"size = 1\ndisk a b {}\n", "main.tf:2:8 Extraneous label for disk\n"},
    };
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        BodyContent got = {0};
        bool ok;
        const Body *body = parse(cases[i].text, &ok, arena, &diags);
        assert_true(ok);
        ok = body_content(body, &schema, &got, NULL, arena, &diags);
        assert_int_equal(ok, diags.error_count == 0);
        check(&cases[i], ok ? shown(&got, arena) : config_case_text(&diags, arena), &failures);
    }
    assert_int_equal(failures, 0);
}

/* A schema's attributes and blocks are not in the remaining body. */
static void rest(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    BodyContent got = {0};
    const Body *left = NULL;
    bool ok;
    const Body *body = parse("size = 1\nother = 2\nnetwork {}\n", &ok, arena, &diags);
    assert_true(body_content(body, &schema, &got, &left, arena, &diags));
    check_str(shown(&got, arena), "size=1;network;");
    got = (BodyContent){0};
    assert_true(body_attributes(left, BODY_LITERAL, &got, arena, &diags));
    check_str(shown(&got, arena), "other=2;");
    assert_false(body_attributes(body, BODY_LITERAL, &got, arena, &diags));
    check_str(diags.items[0].summary, "Unexpected \"network\" block");
}

/* A file with a syntax error still has its other content. */
static void partly(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    BodyContent got = {0};
    bool ok;
    const Body *body = parse("size = 1 2\nnetwork {\n", &ok, arena, &diags);
    assert_false(ok);
    assert_int_equal(diags.error_count, 1);
    assert_true(body_content(body, &schema, &got, NULL, arena, &diags));
    check_str(shown(&got, arena), "size=1;network;");
}

/* The block around the first X, up to its closing brace. */
static void outlines(void **) {
    static const struct {
        const char *text, *wanted;
    } cases[] = {
        {"a = X\n", ""},
        {"b \"c\" {\n  a = X\n}\n", "b \"c\""},
        {"b \"c\" {\n  d {\n    a = X\n  }\n}\n", "b \"c\""},
        {"b \"c\" {\n} #X\n", ""},
        {"b \"c\" {\n}\n#X\ne \"f\" {\n}\n", ""},
        {"b \"c\" {\n}\ne \"f\" \"g\" { a = X }\n", "e \"f\" \"g\""},
        {"b {\n  a = ]\n  X\n}\n", "b"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        bool ok;
        const Body *body = parse(cases[i].text, &ok, arena, &diags);
        uint32_t place = (uint32_t)(strchr(cases[i].text, 'X') - cases[i].text);
        check_str(source_text_outline(body->range.source, place, arena), cases[i].wanted);
    }
}

UNIT_MAIN(test_body_hcl) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(content),
        cmocka_unit_test(rest),
        cmocka_unit_test(partly),
        cmocka_unit_test(outlines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
