#include "lang_case.h"

#include "lexer.h"

/* The kinds of all tokens, one letter each, for short tables. */
static Str lexer_kinds(Lexer lexer) {
    static const char letters[] = "eBniN\"'HhtQID}{}[](),.@:;?=>*/%+-!~~<<>>&|#";
    StrBuf buf = strbuf_new(arena);
    for (;;) {
        Token token = lexer_next(&lexer);
        strbuf_add_char(&buf, letters[token.kind]);
        if (token.kind == TOKEN_END)
            return strbuf_str(&buf);
    }
}

static Str kinds_of(const char *text, LexerModeKind mode) {
    return lexer_kinds(lexer_new(text_source(text), 0, mode, arena));
}

static void test_tokens(void **) {
    static const LangCase cases[] = {
        {"a-b 1.5e3", "iNe"},
        {"1.a", "N.ie"},
        {"a.0.1", "i.Ne"},
        {"\"a${b}c\"", "\"tIi}t'e"},
        {"\"${\"x\"}\"", "\"I\"t'}'e"},
        {"\"$${a}\"", "\"t'e"},
        {"# note\na", "nie"},
        {"a /* b */ c", "iie"},
        {"<<EOT\na\nb\nEOT\nc", "Htthnie"},
        {"<<EOT\nEOT \t\nEOTa", "Hhnie"},
        {"{}}", "{}}e"},
        {"\xc3\xa9t\xc3\xa9", "ie"},
        {"a\r\nb", "inie"},
        {"`", "Be"},
        {"\"a\nb\" c", "\"tQt'ie"},
        {"\"\\\n\"", "\"BQ'e"},
        {"\"\xff\"", "\"B'e"},
        {"<<E\nE \nE\n", "Hhnine"},
        {"<<E\na\n \tE \r\nb", "Hthnie"},
        {"<<E\na\nE", "Htte"},
        {"/* /* a", "/*/*ie"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(kinds_of(cases[i].text, LEXER_NORMAL), cases[i].outcome);
    check_str(kinds_of("a\nb${c}\n\"", LEXER_BARE), "ttIi}tte");
}

/* A comment at the end of a line includes the newline. */
static void test_comments(void **) {
    Lexer lexer = lexer_new(text_source("a /* b */ c # d\n// e\n\"${f /* g */}\" /* h"), 0,
                            LEXER_NORMAL, arena);
    lexer.keeps_comments = true;
    check_str(lexer_kinds(lexer), "i#i##\"Ii#}'/*ie");
}

static void test_identifiers(void **) {
    assert_true(lexer_is_identifier(STR("a_b-1")));
    assert_false(lexer_is_identifier(STR("1a")));
    assert_false(lexer_is_identifier(STR("a b")));
    assert_false(lexer_is_identifier(STR("")));
}

RUN_LANG_TESTS(test_lexer, cmocka_unit_test(test_tokens), cmocka_unit_test(test_comments),
               cmocka_unit_test(test_identifiers))
