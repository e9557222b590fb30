/* Deprecated forms of values and types. */
#include "fmt_body.h"

#include "fmt_case.h"

/* Checks the value between `before` and `after`, which the rewrite keeps. */
static void check_rewrites(const char *before, const char *after, const char *kept,
                           const FmtCase *cases, size_t count) {
    for (size_t i = 0; i < count; i++) {
        Str text = str_format(arena, "%s%s%s", before, cases[i].text, after);
        Diags diags = diags_new(arena);
        FmtTokens out = {0};
        assert_true(fmt_body_read(text_source(str_to_cstr(text, arena)), FMT_REWRITE_ALL, &out,
                                  arena, &diags));
        Str laid_out = str_format(arena, kept, cases[i].laid_out);
        check_str_equal(fmt_joined(&out), laid_out);
    }
}

static void test_values(void **) {
    static const FmtCase cases[] = {
        {"\"${a}\"", "a"},
        {"\"${~ a ~}\"", "a"},
        {"\"${f(\"${a}\")}\"", "f ( \" ${ a } \" )"},
        {"\"${\na\n}\"", "a"},
        {"\"${a +\nb}\"", "( a + \n b )"},
        {"\"${(a +\nb)}\"", "( a + \n b )"},
        {"\"${/* b */ a}\"", "/* b */ a"},
        {"\"${f( # b\n1)}\"", "f ( # b\n 1 )"},
        {"\"${ # b\n\na}\"", "( # b\n \n a )"},
        {"\"${ # b\na}\"", "\" ${ # b\n a } \""},
        {"\"${a}${b}\"", "\" ${ a } ${ b } \""},
        {"\"a${b}\"", "\" a ${ b } \""},
        {"\"%{if a}%{endif}\"", "\" %{ if a } %{ endif } \""},
        {"\"$${a}\"", "\" $${a} \""},
        {"[\"${a}\"]", "[ \" ${ a } \" ]"},
        {"a", "a"},
    };
    check_rewrites("a = ", "\n", "a = %s \n ", cases, ARRAY_COUNT(cases));
}

static void test_types(void **) {
    static const FmtCase cases[] = {
        {"\"string\"", "string"},
        {"\"list\"", "list ( string )"},
        {"\"map\"", "map ( string )"},
        {"\"number\"", "\" number \""},
        {"list", "list ( any )"},
        {"map", "map ( any )"},
        {"set", "set ( any )"},
        {"string", "string"},
        {"list(string)", "list ( string )"},
        {"\"${a}\"", "\" ${ a } \""},
    };
    check_rewrites("variable \"v\" {\ntype = ", "\n}\n", "variable \" v \" { \n type = %s \n } \n ",
                   cases, ARRAY_COUNT(cases));
}

RUN_LANG_TESTS(test_fmt_argument, cmocka_unit_test(test_values), cmocka_unit_test(test_types))
