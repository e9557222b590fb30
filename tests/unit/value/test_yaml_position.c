/* Places of members and items; what an alias or a broken end leaves of the way. */
#include "unit.h"

#include "yaml_position.h"

static const char document[] = "# a comment\n"
                               "clusters:\n"
                               "- name: one\n"
                               "  cluster: {server: s, list: [1, [2, 3]]}\n"
                               "-   name: &n two\n"
                               "    other:\n"
                               "      \"quoted\": >\n"
                               "        text\n"
                               "? [a, b]\n"
                               ": name\n"
                               "alias: *n\n"
                               "clusters2: null\n";

typedef struct PositionCase {
    const char *text;
    const char *path;
    size_t line, column;
} PositionCase;

static const PositionCase cases[] = {
    {document, "", 2, 1},
    {document, ".clusters", 2, 1},
    {document, ".clusters[0]", 3, 3},
    {document, ".clusters[0].cluster.server", 4, 13},
    {document, ".clusters[0].cluster.list[1][1]", 4, 38},
    {document, ".clusters[1].name", 5, 5},
    {document, ".clusters[1].other.quoted", 7, 7},
    {document, ".clusters[1].other.absent", 6, 5},
    {document, ".clusters[7]", 2, 1},
    {document, ".alias.below", 11, 1},
    {document, ".clusters2", 12, 1},
    {"a: 1\nb: 2\na: 3\n", ".a", 3, 1},
    {"a:\n  b: [1,\n", ".a.b[0]", 2, 7},
    {"- 1\n- 2\n", "[1]", 2, 3},
    {"a: 1\n---\nb: 2\n", ".b", 1, 1},
    {"\xef\xbb\xbf"
     "a: {b: 1}\n",
     ".a.b", 1, 5},
    {"a: [1\n", "", 1, 1},
    {"a: 1\nb: {c: [\n", ".b.c", 2, 5},
    {"}", ".a", 0, 0},
    {"", ".a", 0, 0},
    {"text", ".a", 0, 0},
};

static void finds(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Path path = path_parse(str_from_cstr(cases[i].path), arena);
        YamlPosition got = yaml_position_find(str_from_cstr(cases[i].text), path);
        check_str_equal(
            str_format(arena, "%zu %s %zu:%zu", i, cases[i].path, got.line, got.column),
            str_format(arena, "%zu %s %zu:%zu", i, cases[i].path, cases[i].line, cases[i].column));
    }
}

/* Text that is no value must not use up the stack. */
static void deep(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf text = strbuf_new(arena);
    strbuf_add_cstr(&text, "a: ");
    strbuf_add_repeat(&text, '[', 900);
    YamlPosition got = yaml_position_find(strbuf_str(&text), path_parse(STR(".a[0]"), arena));
    assert_int_equal(got.line, 1);
    assert_int_equal(got.column, 5);
}

/* As deep as a value may be, and deeper: the search ends there. */
static void depth_is_that_of_values(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t depth = 200; depth <= 201; depth++) {
        StrBuf text = strbuf_new(arena);
        strbuf_add_cstr(&text, "a: ");
        strbuf_add_repeat(&text, '[', depth);
        strbuf_add_repeat(&text, ']', depth);
        strbuf_add_cstr(&text, "\nb: 1\n");
        YamlPosition got = yaml_position_find(strbuf_str(&text), path_parse(STR(".b"), arena));
        assert_int_equal(got.line, depth > 200 ? 1 : 2);
    }
}

UNIT_MAIN(test_yaml_position) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds),
        cmocka_unit_test(deep),
        cmocka_unit_test(depth_is_that_of_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
