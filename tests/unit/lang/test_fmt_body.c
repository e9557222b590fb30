/* The structure of a file: accepted forms, and errors with positions. */
#include "fmt_body.h"

#include "fmt_case.h"

static void test_tokens(void **) {
    static const FmtCase cases[] = {
        {"", ""},
        {"a b \"c\" {\n}\n", "a \" b \" \" c \" { \n } \n "},
        {"a /* b */ c /* d */ { # e\n}", "a /* b */ \" c \" /* d */ { # e\n } "},
        {"a \"\" {}", "a \" \" { } "},
        {"a = \"${b}\" # c\n", "a = b # c\n "},
        {"a { b = \"${c}\" }", "a { b = c } "},
        {"variable \"a\" {\ntype = list\n}", "variable \" a \" { \n type = list ( any ) \n } "},
        {"a {\nvariable \"b\" {\ntype = list\n}\n}",
         "a { \n variable \" b \" { \n type = list \n } \n } "},
        {"type = list", "type = list "},
        {"a = /* b */ 1 /* c */ // d", "a = /* b */ 1 /* c */ // d "},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        FmtTokens out = {0};
        assert_true(
            fmt_body_read(text_source(cases[i].text), FMT_REWRITE_ALL, &out, arena, &diags));
        check_str(fmt_joined(&out), cases[i].laid_out);
    }
}

static void test_labels_only(void **) {
    Diags diags = diags_new(arena);
    FmtTokens out = {0};
    const SourceText *source = text_source("variable a {\ntype = list\ndefault = \"${b}\"\n}  ");
    assert_true(fmt_body_read(source, FMT_REWRITE_LABELS, &out, arena, &diags));
    check_str(fmt_joined(&out),
              "variable \" a \" { \n type = list \n default = \" ${ b } \" \n } ");
    assert_int_equal(vec_last(&out).spaces, 2);
}

typedef struct Unsupported {
    const char *text;
    const char *summary;
    const char *place; /* the text at the error */
} Unsupported;

static void test_refusals(void **) {
    static const Unsupported cases[] = {
        {"a", "Argument or block definition required", ""},
        {"a\n= 1\n", "Argument or block definition required", "\n"},
        {"\"a\" = 1\n", "Argument or block definition required", "\""},
        {"}\n", "Argument or block definition required", "}"},
        {"a = \n", "Invalid expression", "\n"},
        {"a = 1 b = 2\n", "Missing newline after argument", "b"},
        {"a = 1\nb = 2\na = 3\n", "Attribute redefined", "a"},
        {"a {\nb = 1 }\n", "Missing newline after argument", "}"},
        {"a { b = 1\n}\n", "Invalid single-argument block definition", "\n"},
        {"a { b {} }\n", "Invalid single-argument block definition", "{"},
        {"a { 1 }\n", "Invalid single-argument block definition", "1"},
        {"a {} b {}\n", "Missing newline after block definition", "b"},
        {"a {\n", "Unclosed configuration block", ""},
        {"a b\n{\n}\n", "Invalid block definition", "\n"},
        {"a \"b${c}\" {}\n", "Invalid block label", "${"},
        {"a = \"b\n", "Invalid multi-line string", "\n"},
        {"a = [1,, 2]\n", "Invalid expression", ","},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        FmtTokens out = {0};
        assert_false(
            fmt_body_read(text_source(cases[i].text), FMT_REWRITE_ALL, &out, arena, &diags));
        assert_true(diags.count > 0);
        check_str(diags.items[0].summary, cases[i].summary);
        check_str(source_range_text(diags.items[0].range), cases[i].place);
    }
}

static void test_depth(void **) {
    StrBuf text = strbuf_new(arena);
    for (int i = 0; i < 20000; i++)
        strbuf_add_cstr(&text, "a {\n");
    Diags diags = diags_new(arena);
    FmtTokens out = {0};
    const SourceText *source = source_text_new(STR("deep"), strbuf_str(&text), arena);
    assert_false(fmt_body_read(source, FMT_REWRITE_ALL, &out, arena, &diags));
    check_str(diags.items[0].summary, "Blocks nested too deeply");
}

RUN_LANG_TESTS(test_fmt_body, cmocka_unit_test(test_tokens), cmocka_unit_test(test_labels_only),
               cmocka_unit_test(test_refusals), cmocka_unit_test(test_depth))
