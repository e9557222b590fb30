#include "arena_case.h"
#include "regex_rewrite.h"

static RegexRewrite rewritten(const char *pattern) {
    RegexRewrite rewrite;
    Str error;
    assert_true(regex_rewrite(str_from_cstr(pattern), &rewrite, &error, arena));
    return rewrite;
}

static void test_patterns(void **) {
    static const struct {
        const char *pattern;
        const char *wanted;
    } cases[] = {
        {"a|b*?c", "(?:a|b{0,}?c)"},
        {"(a+)$", "(a{1,})\\z"},
        {"(?m)^a", "(?<![^\\n])a"},
        {"(?U)a+", "a{1,}?"},
        {"(a*)*", "()(?:()(a{0,})(?C'1')){0,}"},
        {"(?:^){2,}", "(?:\\A){1,1}()(?:()\\A(?C'1')){1,}"},
        {"(a?){0,3}", "(?:(a{0,1})){0,3}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(rewritten(cases[i].pattern).pattern, cases[i].wanted);
}

/* A capture that the rewritten pattern contains twice has two groups. */
static void test_groups(void **) {
    RegexRewrite rewrite = rewritten("(x)(a*){2,}");
    assert_int_equal(rewrite.names.count, 2);
    assert_int_equal(rewrite.groups[0].count, 1);
    assert_int_equal(rewrite.groups[1].count, 2);
    assert_int_equal(rewrite.groups[1].items[0], 2);
    assert_int_equal(rewrite.groups[1].items[1], 5);
}

static void test_size(void **) {
    StrBuf pattern = strbuf_new(arena);
    RegexRewrite rewrite;
    Str error;
    strbuf_add_repeat(&pattern, '-', 1000);
    assert_true(regex_rewrite(strbuf_str(&pattern), &rewrite, &error, arena));
    strbuf_add_repeat(&pattern, '-', 1000000);
    assert_false(regex_rewrite(strbuf_str(&pattern), &rewrite, &error, arena));
    check_str(error, "expression too large");
}

UNIT_MAIN(test_regex_rewrite) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns),
        cmocka_unit_test(test_groups),
        cmocka_unit_test(test_size),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
