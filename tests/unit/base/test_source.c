/* Lines, columns, and positions in texts inside other texts. */
#include "unit.h"

#include "source_text.h"

static void positions(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const SourceText *source = source_text_new(STR("main"),
                                               STR("ab\nc\xc3\xa4"
                                                   "d\r\n\nlast"),
                                               arena);
    static const struct {
        uint32_t offset, line, column;
        const char *text;
        uint32_t start;
    } cases[] = {
        {0, 1, 1, "ab", 0},
        {2, 1, 3, "ab", 0},
        {3, 2, 1,
         "c\xc3\xa4"
         "d",
         3},
        {6, 2, 3,
         "c\xc3\xa4"
         "d",
         3},
        {9, 3, 1, "", 9},
        {10, 4, 1, "last", 10},
        {14, 4, 5, "last", 10},
        {99, 4, 5, "last", 10},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SourcePos pos = source_text_position(source, cases[i].offset);
        assert_int_equal(pos.line, cases[i].line);
        assert_int_equal(pos.column, cases[i].column);
        uint32_t start;
        check_str(source_text_line(source, cases[i].offset, &start), cases[i].text);
        assert_int_equal(start, cases[i].start);
    }
}

static uint32_t plus_ten(const SourceText *source, uint32_t offset) {
    return source->outer_start + 10 + offset;
}

static void resolves_to_the_outermost(void **) {
    SourceText file = {.path = STR("file"), .bytes = STR("0123456789")};
    SourceText middle = {
        .outer = &file, .outer_start = 100, .outer_end = 200, .to_outer = plus_ten};
    SourceText inner = {.outer = &middle, .outer_start = 20, .outer_end = 40, .to_outer = plus_ten};
    SourceText blunt = {.outer = &file, .outer_start = 3, .outer_end = 7};
    SourceRange range = source_range_resolve((SourceRange){&inner, 1, 4});
    assert_ptr_equal(range.source, &file);
    assert_int_equal(range.start, 141);
    assert_int_equal(range.end, 144);
    check_str(source_range_text(source_range_resolve((SourceRange){&blunt, 0, 1})), "3456");
    assert_null(source_range_resolve((SourceRange){0}).source);
}

static void joins(void **) {
    SourceText file = {.bytes = STR("0123456789")};
    SourceText other = {0};
    SourceRange a = {&file, 2, 4};
    check_str(source_range_text(source_range_join(a, (SourceRange){&file, 6, 8})), "234567");
    check_str(source_range_text(source_range_join(a, (SourceRange){0})), "23");
    check_str(source_range_text(source_range_join((SourceRange){0}, a)), "23");
    check_str(source_range_text(source_range_join(a, (SourceRange){&other, 0, 9})), "23");
    check_str(source_range_text((SourceRange){0}), "");
}

/* The source text of an evaluation is freed before its error is shown, so it is copied. */
static void copies_of_what_passes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Arena *scratch = arena_open("scratch");
    const SourceText *lasting = source_text_new(STR("a"), STR("text"), scratch);
    SourceRange same = source_range_keep((SourceRange){lasting, 1, 2}, arena);
    assert_ptr_equal(same.source, lasting);
    Str bytes = str_clone(STR("one\ntwo"), scratch);
    const SourceText *passing =
        source_text_new_temporary(str_clone(STR("b"), scratch), bytes, scratch);
    SourceRange kept = source_range_keep((SourceRange){passing, 4, 7}, arena);
    const SourceText outer = *source_text_new(STR("c"), STR("x: one"), arena);
    SourceText *inner = arena_new(scratch, SourceText);
    *inner = (SourceText){.bytes = STR("one"), .outer = &outer, .outer_start = 3, .outer_end = 6};
    SourceRange outermost = source_range_keep((SourceRange){inner, 0, 1}, arena);
    arena_close(scratch);
    check_str(source_range_text(outermost), "one");
    check_str(kept.source->path, "b");
    check_str(source_range_text(kept), "two");
    assert_true(source_range_keep(kept, arena).source->is_temporary);
}

UNIT_MAIN(test_source) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(positions),
        cmocka_unit_test(resolves_to_the_outermost),
        cmocka_unit_test(joins),
        cmocka_unit_test(copies_of_what_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
