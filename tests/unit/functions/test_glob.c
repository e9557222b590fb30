#include "function_case.h"

#include "glob.h"

typedef struct GlobCase {
    const char *pattern;
    const char *path;
    bool matches;
} GlobCase;

static void test_matches(void **state) {
    static const GlobCase cases[] = {
        {"*.txt",        "a.txt",     true },
        {"*.txt",        "a/b.txt",   false},
        {"**/*.txt",     "a.txt",     true },
        {"**/*.txt",     "a/b/c.txt", true },
        {"a/**",         "a/b/c",     true },
        {"?.t[a-z]t",    "é.txt",    true },
        {"[^a]b",        "ab",        false},
        {"{a,b{c,d}}.x", "bd.x",      true },
        {"{a,b}.x",      "c.x",       false},
        {"\\*",          "*",         true },
        {"\\*",          "a",         false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(
            glob_matches(str_from_cstr(cases[i].pattern), str_from_cstr(cases[i].path)),
            cases[i].matches);
}

static void test_limits(void **state) {
    (void)state;
    assert_false(
        glob_matches(STR("*a*a*a*a*a*a*a*a*a*a*b"), STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")));
    assert_false(glob_is_valid(STR("[a")));
    assert_false(glob_is_valid(STR("{a")));
    assert_true(glob_is_valid(STR("{a,[b]}")));
    assert_true(glob_may_match_below(STR("a/*/c"), STR("a/b")));
    assert_false(glob_may_match_below(STR("a/*/c"), STR("b")));
}

RUN_FUNCTION_TESTS(cmocka_unit_test(test_matches), cmocka_unit_test(test_limits))
