/* Inserted completions and the printed choice. Keys are tested at a real terminal. */
#include "line_editor.h"
#include "unit.h"

static StrVec words_of(const char *text, Arena *arena) {
    StrVec words = {0};
    Str rest = str_from_cstr(text);
    Str word;
    while (str_next_field(&rest, ' ', &word))
        vec_push(arena, &words, word);
    return words;
}

static void test_common(void **) {
    static const struct {
        const char *words, *wanted;
    } cases[] = {
        {"", ""},
        {"upper(", "upper("},
        {"var.a var.b", "var."},
        {"var.ä var.ö", "var."}, /* the same first byte */
        {"a b", ""},
        {"abc ab abcd", "ab"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StrVec words = words_of(cases[i].words, arena);
        check_str(line_editor_common(&words), cases[i].wanted);
    }
}

static void test_columns(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec words = words_of("a bb ccc d e", arena);
    check_str(line_editor_columns(&words, 15, arena), "a    ccc  e\nbb   d\n");
    check_str(line_editor_columns(&words, 1, arena), "a\nbb\nccc\nd\ne\n");
    check_str(line_editor_columns(&words, 80, arena), "a    bb   ccc  d    e\n");
}

UNIT_MAIN(test_line_editor) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_common),
                                       cmocka_unit_test(test_columns)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
