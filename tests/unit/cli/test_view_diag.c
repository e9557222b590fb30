/* Diagnostics as text for people. */
#include "unit.h"

#include "view_diag.h"

static Str shown(const Diag *diag, RenderStyle style, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    view_diag_render(diag, style, &out, arena);
    return strbuf_str(&out);
}

static void shows_the_place(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const SourceText *source =
        source_text_new(STR("main.loam.yaml"), STR("a: 1\nbäd:\twrong value\n"), arena);
    Diags diags = diags_new(arena);
    Diag *diag =
        diags_error(&diags, (SourceRange){source, 11, 16}, "Unsuitable value", "It is wrong.");
    diag->address = STR("fake_thing.a");
    diags_add_value(&diags, diag, STR("var.x"), STR("is \"wrong\""));
    check_str(shown(&diags.items[0], (RenderStyle){0}, arena),
              "\nError: Unsuitable value\n"
              "\n"
              "  with fake_thing.a,\n"
              "  on main.loam.yaml line 2, column 6:\n"
              "   2: bäd: wrong value\n"
              "           ^^^^^\n"
              "    | var.x is \"wrong\"\n"
              "\n"
              "It is wrong.\n");
}

static void shows_no_secret(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const SourceText *source =
        source_text_new_private(STR("keys"), STR("a: 1\nb: canary\n"), arena);
    Diags diags = diags_new(arena);
    const SourceText *open = source_text_new(STR("keys"), source->bytes, arena);
    diags_error(&diags, (SourceRange){source, 8, 14}, "Unsuitable value", "It is wrong.");
    diags_error(&diags, (SourceRange){open, 8, 14}, "Unsuitable value", "It is wrong.")
        ->hides_line = true;
    check_str(shown(&diags.items[0], (RenderStyle){0}, arena),
              "\nError: Unsuitable value\n\n  on keys line 2, column 4\n\nIt is wrong.\n");
    check_str(shown(&diags.items[1], (RenderStyle){0}, arena),
              "\nError: Unsuitable value\n\n  on keys line 2, column 4 (source line hidden: it "
              "holds sensitive values)\n\nIt is wrong.\n");
}

static void shows_without_place(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    diags_warning(&diags, NO_RANGE, "Beware",
                  "One two three four five six.\n\n  as it stands, "
                  "however long it may be\nend");
    check_str(shown(&diags.items[0], (RenderStyle){.paragraph = 20}, arena),
              "\nWarning: Beware\n\nOne two three four\nfive six.\n\n"
              "  as it stands, however long it may be\nend\n");
    diags_error(&diags, NO_RANGE, "Just this", "%s", "");
    check_str(shown(&diags.items[1], (RenderStyle){0}, arena), "\nError: Just this\n");
}

static void draws_bars_in_colour(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    diags_error(&diags, NO_RANGE, "Broken", "Mend it.");
    check_str(shown(&diags.items[0], (RenderStyle){.color = true, .unicode = true}, arena),
              "\033[31m╷\033[0m\n"
              "\033[31m│\033[0m \033[31m\033[1mError: \033[0m\033[1mBroken\033[0m\n"
              "\033[31m│\033[0m \n"
              "\033[31m│\033[0m Mend it.\n"
              "\033[31m╵\033[0m\n");
}

/* A range over several lines is marked to the end of the first; an empty range by a caret. */
static void marks_odd_ranges(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const SourceText *source = source_text_new(STR("f"), STR("abc\ndef\n"), arena);
    Diags diags = diags_new(arena);
    diags_error(&diags, (SourceRange){source, 1, 6}, "Long", "%s", "");
    diags_error(&diags, (SourceRange){source, 3, 3}, "Empty", "%s", "");
    diags_error(&diags, (SourceRange){source, 8, 8}, "End", "%s", "");
    check_str(shown(&diags.items[0], (RenderStyle){0}, arena),
              "\nError: Long\n\n  on f line 1, column 2:\n   1: abc\n       ^^\n");
    check_str(shown(&diags.items[1], (RenderStyle){0}, arena),
              "\nError: Empty\n\n  on f line 1, column 4:\n   1: abc\n         ^\n");
    check_str(shown(&diags.items[2], (RenderStyle){0}, arena),
              "\nError: End\n\n  on f line 3, column 1:\n   3: \n      ^\n");
}

typedef struct LongLine {
    size_t before; /* bytes of the line before and after the range */
    size_t behind;
    RenderStyle style;
    const char *excerpt;
} LongLine;

static const LongLine long_lines[] = {
    {20,
     0,
     {.width = 60, .unicode = true},
     "   1: aaaaaaaaaaaaaaaaaaaa[here]\n"
     "                          ^^^^^^\n"},
    {1000,
     1000,
     {.width = 60, .unicode = true},
     "   1: …aaaaaaaaaaaaaaaaa[here]bbbbbbbbbbbbbbbbbbbbbbbbbbbbb…\n"
     "                        ^^^^^^\n"},
    {10,
     1000000,
     {.width = 60},
     "   1: aaaaaaaaaa[here]bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb...\n"
     "                ^^^^^^\n"},
    {100000,
     3,
     {.width = 60, .unicode = true},
     "   1: …aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa[here]bbb\n"
     "                                                  ^^^^^^\n"},
};

static void cuts_long_lines_around_the_place(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(long_lines); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const LongLine *row = &long_lines[i];
        StrBuf line = strbuf_new(arena);
        strbuf_add_repeat(&line, 'a', row->before);
        strbuf_add(&line, STR("[here]"));
        strbuf_add_repeat(&line, 'b', row->behind);
        const SourceText *source = source_text_new(STR("f"), strbuf_str(&line), arena);
        Diags diags = diags_new(arena);
        uint32_t start = (uint32_t)row->before;
        diags_error(&diags, (SourceRange){source, start, start + 6}, "Long", "%s", "");
        Str text = shown(&diags.items[0], row->style, arena);
        check_str(str_after(text, str_find(text, STR("   1: "), 0)), row->excerpt);
    }
}

/* Characters of three bytes and two columns; a character that would be cut is left out. */
static void cuts_between_characters(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf line = strbuf_new(arena);
    for (int i = 0; i < 300; i++)
        strbuf_add(&line, STR("世"));
    const SourceText *source = source_text_new(STR("f"), strbuf_str(&line), arena);
    Diags diags = diags_new(arena);
    diags_error(&diags, (SourceRange){source, 450, 453}, "Long", "%s", "");
    RenderStyle style = {.width = 60, .unicode = true};
    Str text = shown(&diags.items[0], style, arena);
    check_str(str_after(text, str_find(text, STR("   1: "), 0)),
              "   1: …世世世世世世世世世世世世世世世世…\n"
              "                 ^^\n");
}

static void sends_no_control_characters(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const SourceText *source = source_text_new(STR("f\n\033c"), STR("a\033[2Jb\177c"), arena);
    Diags diags = diags_new(arena);
    diags_error(&diags, (SourceRange){source, 0, 1}, "Odd", "a\033[31mb\007");
    check_str(shown(&diags.items[0], (RenderStyle){0}, arena),
              "\nError: Odd\n\n  on f  c line 1, column 1:\n   1: a [2Jb c\n      ^\n\nab\n");
}

UNIT_MAIN(test_view_diag) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_the_place),
        cmocka_unit_test(shows_no_secret),
        cmocka_unit_test(shows_without_place),
        cmocka_unit_test(draws_bars_in_colour),
        cmocka_unit_test(marks_odd_ranges),
        cmocka_unit_test(cuts_long_lines_around_the_place),
        cmocka_unit_test(cuts_between_characters),
        cmocka_unit_test(sends_no_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
