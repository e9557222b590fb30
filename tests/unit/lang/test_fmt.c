/* Formats whole files, texts from a stream, and sequences. */
#include "fmt.h"

#include "fmt_case.h"

static Str laid_out(const char *text) {
    Diags diags = diags_new(arena);
    Str out = STR_EMPTY;
    if (!fmt_file(text_source(text), &out, arena, &diags))
        return errors_of(&diags);
    return out;
}

static Str comments_of(Str text) {
    FmtTokens tokens = fmt_tokens(str_to_cstr(text, arena));
    StrBuf buf = strbuf_new(arena);
    vec_each(&tokens, token) {
        if (token->kind == TOKEN_COMMENT)
            strbuf_add(&buf, str_trim(token->text));
    }
    return strbuf_str(&buf);
}

static void test_files(void **) {
    static const FmtCase cases[] = {
        {"", ""},
        {"a=1", "a = 1"},
        {"a=1\n  ", "a = 1\n  "},
        {"\xef\xbb\xbf"
         "a=1\n",
         "a = 1\n"},
        {"a=1\r\n\r\nb { # c \r\nc=1\r\n}\r\n", "a = 1\r\n\r\nb { # c \r\n  c = 1\r\n}\r\n"},
        {"\t a\t=\t1\n", "a = 1\n"},
        /* A wrapper that one pass removes is formatted by the next pass. */
        {"a = \"${\"${b}\"}\"\nbbb=2\n", "a   = b\nbbb = 2\n"},
        {"a = \"${\nb ?\n c : d\n}\"\n", "a = (b ?\nc : d)\n"},
        /* On one line the comment would swallow the brace: no rewriting. */
        {"x { a = \"${ b # c\n}\" }\n", "x { a = \"${b # c\n}\" }\n"},
        {"a = <<-E\n  x ${ b }\n  E  \nbb=1\n", "a  = <<-E\n  x ${b}\n  E  \nbb = 1\n"},
        {"a \"\xff\" {}\n",
         "Invalid text encoding: Configuration files are UTF-8 text; this byte is not."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(laid_out(cases[i].text), cases[i].laid_out);
}

/* Every comment is kept, of any kind and at any place. */
static void test_comments_stay(void **) {
    static const char *const texts[] = {
        "# 1\n// 2\n/* 3 */ a /* 4 */ \"b\" /* 5 */ c /* 6 */ { # 7\n# 8\n} // 9\n/* 10 */",
        "a /* 1 */ = /* 2 */ \"${ /* 3 */ b /* 4 */ }\" /* 5 */ // 6\n",
        "a = \"${ # 1\n b }\"\nb = \"${ # 2\n\n c }\"\nc = \"${ d # 3\n}\"\n",
        "variable a {\ntype /* 1 */ = /* 2 */ list # 3\n}\n",
        "a = [ # 1\n1, # 2\n# 3\n2 /* 4 */, /* 5 */ ] # 6",
        "a = <<E\n${ b /* 1 */ } # no comment\nE\n",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++)
        check_str_equal(comments_of(laid_out(texts[i])), comments_of(str_from_cstr(texts[i])));
}

static void test_streams(void **) {
    static const FmtCase cases[] = {
        {"", "\n"},
        {"   ", "\n"},
        {"a=1", "a = 1\n"},
        {"a=1\n", "a = 1\n"},
        {"a=1\n   ", "a = 1\n\n"},
        {"a=1   ", "a = 1\n"},
        {"a=1 # b", "a = 1 # b\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        Str out;
        assert_true(fmt_stream(text_source(cases[i].text), &out, arena, &diags));
        check_str(out, cases[i].laid_out);
    }
}

static void test_sequences(void **) {
    static const FmtCase cases[] = {
        {"${ a+b } ${ c }", "${a + b}"},
        {"%{ if  a ~} b", "%{if a~}"},
        {"${f(\n1,\n2\n)}\n x", "${f(\n  1,\n  2\n)}"},
        {"${ a", NULL},
        {"${ a ; }", NULL},
        {"${ <<E\nx\nE\n}", NULL},
        {"a ${ b }", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        uint32_t end = 0;
        Str out = STR_EMPTY;
        bool ok = fmt_sequence(text_source(cases[i].text), 0, &end, &out, arena);
        assert_int_equal(ok, cases[i].laid_out != NULL);
        if (ok)
            check_str(out, cases[i].laid_out);
    }
}

/* Lines of a sequence follow the line where it begins. */
static void test_place_of_sequence(void **) {
    const SourceText *source = text_source("x\n    y: ${f({\na=1\n})} z\n");
    uint32_t end = 0;
    Str out;
    assert_true(fmt_sequence(source, 9, &end, &out, arena));
    check_str(out, "${f({\n      a = 1\n    })}");
    check_str(str_after(source->bytes, end), " z\n");
}

static void test_sameness(void **) {
    assert_true(fmt_is_same(STR("a ${ b }"), STR("a ${b}"), arena));
    assert_false(fmt_is_same(STR("a  ${b}"), STR("a ${b}"), arena));
    assert_false(fmt_is_same(STR("${b}"), STR("${c}"), arena));
    assert_false(fmt_is_same(STR("${b}"), STR("${b} "), arena));
}

RUN_LANG_TESTS(test_fmt, cmocka_unit_test(test_files), cmocka_unit_test(test_comments_stay),
               cmocka_unit_test(test_streams), cmocka_unit_test(test_sequences),
               cmocka_unit_test(test_place_of_sequence), cmocka_unit_test(test_sameness))
