#include "arena_case.h"
#include "regex_rewrite.h"

/* The names of the captures with a comma after each, or the error. */
static Str parsed(const char *pattern) {
    RegexRewrite rewrite;
    Str error;
    if (!regex_rewrite(str_from_cstr(pattern), &rewrite, &error, arena))
        return error;
    StrBuf names = strbuf_new(arena);
    vec_each(&rewrite.names, name) {
        strbuf_add(&names, *name);
        strbuf_add_char(&names, ',');
    }
    return strbuf_str(&names);
}

static void test_errors(void **) {
    static const struct {
        const char *pattern;
        const char *error;
    } cases[] = {
        {"[\\b]", "invalid escape sequence in \\b"},
        {"(a)\\1", "invalid escape sequence in \\1"},
        {"\\x{110000}", "invalid escape sequence in \\x{11000"},
        {"a\\", "trailing backslash at end of expression in \\"},
        {"a**", "invalid nested repetition operator in **"},
        {"a{2}+", "invalid nested repetition operator in {2}+"},
        {"*a", "missing argument to repetition operator in *"},
        {"x(|*)", "missing argument to repetition operator in *"},
        {"a{1001}", "invalid repeat count in {1001}"},
        {"a{2,1}", "invalid repeat count in {2,1}"},
        {"(a{100}){20}", "invalid repeat count in {20}"},
        {"(a", "missing closing ) in (a"},
        {"a)b", "unexpected ) in a)b"},
        {"x[a", "missing closing ] in [a"},
        {"[b-a]", "invalid character class range in b-a"},
        {"[[:foo:]]", "invalid character class range in [:foo:]"},
        {"\\p{greek}", "invalid character class range in \\p{greek}"},
        {"\\p{Grek}", "invalid character class range in \\p{Grek}"},
        {"(?P<a-b>x)", "invalid named capture in (?P<a-b>"},
        {"(?=a)", "invalid or unsupported Perl syntax in (?="},
        {"(?i-)a", "invalid or unsupported Perl syntax in (?i-)"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(parsed(cases[i].pattern), cases[i].error);
}

static void test_names(void **) {
    check_str(parsed("(?P<1a>x)(y)(?<n>z)"), "1a,,n,");
    check_str(parsed("a{,2}{01}x{"), "");
    check_str(parsed("[]a][^]a][\\w-.][a-]"), "");
}

static void test_depth(void **) {
    StrBuf pattern = strbuf_new(arena);
    RegexRewrite rewrite;
    Str error;
    strbuf_add_repeat(&pattern, '(', 100000);
    assert_false(regex_rewrite(strbuf_str(&pattern), &rewrite, &error, arena));
    assert_true(str_starts_with(error, STR("expression nests too deeply")));
}

UNIT_MAIN(test_regex_syntax) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
