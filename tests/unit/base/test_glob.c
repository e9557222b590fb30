#include "unit.h"

#include "glob.h"

typedef struct GlobCase {
    const char *pattern;
    const char *path;
    bool matches;
} GlobCase;

static void test_matches(void **) {
    static const GlobCase cases[] = {
        {"*.txt", "a.txt", true},    {"*.txt", "a/b.txt", false},
        {"**/*.txt", "a.txt", true}, {"**/*.txt", "a/b/c.txt", true},
        {"a/**", "a/b/c", true},     {"?.t[a-z]t", "é.txt", true},
        {"[^a]b", "ab", false},      {"{a,b{c,d}}.x", "bd.x", true},
        {"{a,b}.x", "c.x", false},   {"\\*", "*", true},
        {"\\*", "a", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(
            glob_matches(str_from_cstr(cases[i].pattern), str_from_cstr(cases[i].path)),
            cases[i].matches);
}

static void test_limits(void **) {
    assert_false(
        glob_matches(STR("*a*a*a*a*a*a*a*a*a*a*b"), STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
    assert_false(glob_is_valid(STR("[a")));
    assert_false(glob_is_valid(STR("{a")));
    assert_true(glob_is_valid(STR("{a,[b]}")));
    assert_true(glob_may_match_below(STR("a/*/c"), STR("a/b")));
    assert_false(glob_may_match_below(STR("a/*/c"), STR("b")));
}

/* Patterns longer than any path: the result is right, and the time is bounded. */
static void test_long_patterns(void **) {
    static const struct {
        const char *before, *repeated, *after, *path;
        size_t times;
        bool matches;
    } cases[] = {
        {"", "*", "", "a/b.txt", 200000, true},
        {"", "*", "c", "a/b.txt", 200000, false},
        {"{a,b}.{", "other,", "txt}", "a.txt", 2000, true},
        {"{a,b}.{", "other,", "yaml}", "a.txt", 2000, false},
        {"", "{,}", "a", "b", 100000, false},
        {"", "?", "", "a", 200000, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) scratch = arena_open("test");
        StrBuf pattern = strbuf_new(scratch);
        strbuf_add_cstr(&pattern, cases[i].before);
        for (size_t k = 0; k < cases[i].times; k++)
            strbuf_add_cstr(&pattern, cases[i].repeated);
        strbuf_add_cstr(&pattern, cases[i].after);
        if (glob_matches(strbuf_str(&pattern), str_from_cstr(cases[i].path)) != cases[i].matches)
            fail_msg("%s…%s", cases[i].before, cases[i].repeated);
    }
}

UNIT_MAIN(test_glob) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_long_patterns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
