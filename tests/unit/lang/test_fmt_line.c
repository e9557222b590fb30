/* Indentation and columns. */
#include "fmt_line.h"

#include "fmt_case.h"

static Str arranged(const char *text, uint32_t base) {
    FmtTokens tokens = fmt_tokens(text);
    fmt_line_arrange(&tokens, base, arena);
    return fmt_line_text(&tokens, arena);
}

static void test_indentation(void **) {
    static const FmtCase cases[] = {
        {"", ""},
        {"   a", "a"},
        {"a {\nb {\n}\n}\n", "a {\n  b {\n  }\n}\n"},
        /* Two brackets opened on one line are one level; closing one of them keeps it. */
        {"a = [{\nb\n}, {\nc\n}]\nd", "a = [{\n  b\n  }, {\n  c\n}]\nd"},
        {"f({\nb = {\nc = 1 }})\nd\n", "f({\n  b = {\nc = 1 } })\nd\n"},
        {"f(\n1,\n2)\n", "f(\n  1,\n2)\n"},
        {"}\na\n", "}\na\n"},
        {"a {\n\n   # b\n/* c */\n}\n", "a {\n\n  # b\n  /* c */\n}\n"},
        {"a {\nb = <<E\n x\nE\nc\n}\n", "a {\n  b = <<E\n x\nE\n  c\n}\n"},
        {"f(<<E\n x\nE\n, 1\n)\n", "f(<<E\n x\nE\n  , 1\n)\n"},
        {"a = <<E\n${\nb\n}\nE\nc\n", "a = <<E\n${\nb\n}\nE\nc\n"},
        {"\"${\nb\n}\"\n", "\"${\n  b\n}\"\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(arranged(cases[i].text, 0), cases[i].laid_out);
    check_str(arranged("f(\n1\n)", 3), "   f(\n     1\n   )");
}

static void test_columns(void **) {
    static const FmtCase cases[] = {
        {"a=1\nbbb=2\n\ncc=3\n", "a   = 1\nbbb = 2\n\ncc = 3\n"},
        {"a=1\n# x\nbbb=2\n", "a = 1\n# x\nbbb = 2\n"},
        /* A value that continues on the next line does not align the column. */
        {"a=1\nbbb={\n}\n", "a = 1\nbbb = {\n}\n"},
        {"a=1\nbbb={ c = 1 }\n", "a   = 1\nbbb = { c = 1 }\n"},
        {"a=1 # x\nb=22 // y\nc\n", "a = 1  # x\nb = 22 // y\nc\n"},
        {"a { # x\nb # y\n} # z\n", "a { # x\n  b # y\n}   # z\n"},
        {"a=1 /* x */\nbbb=2 /* y */\n", "a   = 1 /* x */\nbbb = 2 /* y */\n"},
        /* Columns are counted in grapheme clusters. */
        {"a = \"e\xcc\x81\" # x\nb = 12 # y\n", "a = \"e\xcc\x81\" # x\nb = 12  # y\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(arranged(cases[i].text, 0), cases[i].laid_out);
}

RUN_LANG_TESTS(test_fmt_line, cmocka_unit_test(test_indentation), cmocka_unit_test(test_columns))
