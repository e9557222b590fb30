/* Blanks between the tokens of one line. */
#include "fmt_case.h"

static Str spaced(const char *text) {
    FmtTokens tokens = fmt_tokens(text);
    fmt_line_arrange(&tokens, 0, arena);
    return fmt_line_text(&tokens, arena);
}

static void test_blanks(void **) {
    static const FmtCase cases[] = {
        {"1-2*-3/ -4", "1 - 2 * -3 / -4"},
        {"! a&&! b||-c<=- 1", "!a && !b || -c <= -1"},
        {"a?-1:- 2", "a ? -1 : -2"},
        {"- - 1", "--1"},
        {"f ( 1 ,2 , [ 3 ] ... )", "f(1, 2, [3]...)"},
        {"a :: b :: c ( )", "a::b::c()"},
        {"a . b [ 0 ] [ * ] . c . 0 . *", "a.b[0][*].c.0.*"},
        {"a.0 .1", "a.0 .1"},
        {"( a ) [ 0 ]", "(a)[0]"},
        {"\"a\" [ 0 ]", "\"a\" [0]"},
        {"{}", "{}"},
        {"{ }", "{}"},
        {"{a=1,b:[ ]}", "{ a = 1, b : [] }"},
        {"[for x in[1]:x]", "[for x in [1] : x]"},
        {"in [ 1 ]", "in[1]"},
        {"{for k , v in x:k=>v... if v}", "{ for k, v in x : k => v... if v }"},
        {"\"a ${ b } c\"", "\"a ${b} c\""},
        {"\"${ {a=1} }\"", "\"${ { a = 1 } }\""},
        {"\"%{ if a ~} b %{~ endif }${ c }\"", "\"%{if a~} b %{~endif}${c}\""},
        {"a/* b */=1 /* c */", "a /* b */ = 1 /* c */"},
        {"a =1\n", "a = 1\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(spaced(cases[i].text), cases[i].laid_out);
}

static void test_depth(void **) {
    int depth = 0;
    FmtTokens tokens = fmt_tokens("{[(\"${\"");
    vec_each(&tokens, token) {
        depth += fmt_line_depth_change(token->kind);
    }
    assert_int_equal(depth, 4);
    assert_int_equal(fmt_line_depth_change(TOKEN_SEQUENCE_CLOSE), -1);
    assert_int_equal(fmt_line_depth_change(TOKEN_HEREDOC_OPEN), 0);
}

RUN_LANG_TESTS(test_fmt_space, cmocka_unit_test(test_blanks), cmocka_unit_test(test_depth))
