/* Every byte of a decoded scalar maps back to its position in the file. */
#include "unit.h"

#include "body.h"
#include "source_text.h"

/* A scalar's text in the file and its decoded form. Every value is a template, because only a
 * template has a source of its own. */
typedef struct ScalarCase {
    bool is_json;
    const char *text;
    const char *decoded;
} ScalarCase;

static const ScalarCase cases[] = {
    {false, "a: ab${c}de\n", "ab${c}de"},
    {false, "a: ab\n  ${c} x\n\n  de\n", "ab ${c} x\nde"},
    {false, "a: &anchor !!str  ab${c}\n", "ab${c}"},
    {false, "a: 'it''s ${c}\n  de'\n", "it's ${c} de"},
    {false, "a: \"\\ttab \\u00e9\\x41 ${c} \\\"q\\\"\"\n",
     "\ttab \xC3\xA9"
     "A ${c} \"q\""},
    {false, "a: \"one \\\n   two ${c}\n\n\n   three\"\n", "one two ${c}\n\nthree"},
    {false, "a: \"\\N\\_\\L\\P${c}z\"\n", "\xC2\x85\xC2\xA0\xE2\x80\xA8\xE2\x80\xA9${c}z"},
    {false, "a: |\n  one\n   two ${c}\n\n  three\n", "one\n two ${c}\n\nthree\n"},
    {false, "a: |2-\n   one ${c}\n  two\n\n", " one ${c}\ntwo"},
    {false, "a: |+ # why\n\n  one ${c}\n\n", "\none ${c}\n\n"},
    {false, "a: >\n  one\n  ${c}\n\n  three\n   four\n  five\n", "one ${c}\nthree\n four\nfive\n"},
    {false, "a: >-\n\n  one\n\n\n  ${c}\n  z\n", "\none\n\n${c} z"},
    {false, "b: \xC3\xA9\xE2\x82\xAC\na: \xC3\xA9${c}z\n", "\xC3\xA9${c}z"},
    {false, "a: |\r\n  one\r\n  ${c}\r\n", "one\n${c}\n"},
    {true, "{\"a\": \"x\\n\\ud83d\\ude00${c}\\/z\"}", "x\n\xF0\x9F\x98\x80${c}/z"},
};

static const SourceText *inner_source(const ScalarCase *c, const SourceText **file, Arena *arena) {
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    Diags diags = diags_new(arena);
    const Body *body;
    BodyContent content;
    *file = source_text_new(STR("f"), str_from_cstr(c->text), arena);
    bool ok = c->is_json ? body_json_parse(*file, functions, &body, arena, &diags)
                         : body_yaml_parse(*file, functions, &body, arena, &diags);
    assert_true(ok && body_attributes(body, BODY_EXPRESSION, &content, arena, &diags));
    const Expr *expr = body_content_find(&content, "a")->expr;
    assert_non_null(expr->range.source->outer);
    return expr->range.source;
}

static bool is_plain_char(char c) {
    return (c >= 'a' && c <= 'z') || c == '$' || c == '{' || c == '}' || (c & 0x80);
}

static void check_offsets(const ScalarCase *c, const SourceText *inner, const SourceText *file) {
    uint32_t before = 0;
    bool has_escapes = strchr(c->text, '\\') != NULL;
    for (uint32_t i = 0; i < inner->bytes.len; i++) {
        char wanted = inner->bytes.ptr[i];
        SourceRange at = source_range_resolve((SourceRange){inner, i, i + 1});
        if (at.start < before || at.start >= file->bytes.len)
            fail_msg("%s: offset %u goes back", c->text, i);
        before = at.start;
        if (c->is_json &&
            i == 0) { /* the quote is the position of an expression at the start of the text */
            assert_int_equal(file->bytes.ptr[at.start], '"');
            continue;
        }
        if (has_escapes && (wanted & 0x80))
            continue;
        if (is_plain_char(wanted) && file->bytes.ptr[at.start] != wanted)
            fail_msg("%s: offset %u ('%c') is at '%c'", c->text, i, wanted,
                     file->bytes.ptr[at.start]);
        if (is_plain_char(wanted) && at.end != at.start + 1)
            fail_msg("%s: offset %u ends at %u, not %u", c->text, i, at.end, at.start + 1);
    }
}

static void offsets(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const SourceText *file;
        const SourceText *inner = inner_source(&cases[i], &file, arena);
        check_str(inner->bytes, cases[i].decoded);
        check_offsets(&cases[i], inner, file);
    }
}

UNIT_MAIN(test_body_scalar) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(offsets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
