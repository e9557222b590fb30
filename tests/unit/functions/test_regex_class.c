#include "arena_case.h"
#include "regex_class.h"

static void test_sets(void **state) {
    RegexClass spaces = regex_class_new(false, arena);
    (void)state;
    assert_true(regex_class_add_perl(&spaces, 's'));
    assert_false(regex_class_add_perl(&spaces, 'h'));
    check_str(regex_class_text(&spaces, arena), "[\\x{9}-\\x{a}\\x{c}-\\x{d}\\x{20}]");
    RegexClass digits = regex_class_new(true, arena);
    digits.is_negated = true;
    assert_true(regex_class_add_posix(&digits, STR("digit")));
    assert_false(regex_class_add_posix(&digits, STR("number")));
    check_str(regex_class_text(&digits, arena), "(?i:[^\\x{30}-\\x{39}])");
}

/* With case ignored, the complement of a set excludes both cases of its letters. */
static void test_complement(void **state) {
    RegexClass set = regex_class_new(true, arena);
    (void)state;
    assert_true(regex_class_add_posix(&set, STR("^lower")));
    Str text = regex_class_text(&set, arena);
    assert_true(str_find(text, STR("\\x{80}-\\x{17e}\\x{180}-\\x{2129}\\x{212b}-"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("\\x{41}"), 0) == SIZE_MAX);
}

static void test_surrogates(void **state) {
    RegexClass set = regex_class_new(false, arena);
    (void)state;
    regex_class_add_range(&set, 0xD800, 0xDFFF);
    check_str(regex_class_text(&set, arena), "[^\\x{0}-\\x{10ffff}]");
    regex_class_add_range(&set, 0xD7FE, 0xD801);
    check_str(regex_class_text(&set, arena), "[\\x{d7fe}-\\x{d7ff}]");
}

static void test_unicode(void **state) {
    static const char *const bad[] = {"Grek", "greek", "Xan", "L&", "Cn", "Latin_greek", ""};
    RegexClass set = regex_class_new(false, arena);
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++)
        assert_false(regex_class_add_unicode(&set, str_from_cstr(bad[i]), false));
    assert_true(regex_class_add_unicode(&set, STR("Greek"), false));
    assert_true(regex_class_add_unicode(&set, STR("^Lu"), true));
    check_str(regex_class_text(&set, arena), "[\\p{sc:Greek}\\p{Lu}]");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_complement),
        cmocka_unit_test(test_surrogates),
        cmocka_unit_test(test_unicode),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
