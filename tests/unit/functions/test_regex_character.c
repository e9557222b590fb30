/* Characters and classes of RE2's syntax as patterns of PCRE2. */
#include "regex_character.h"

#include "arena_case.h"

/* The pattern, or the error. */
static Str parsed(const char *text, bool folds_case) {
    Str out, error = STR_EMPTY;
    RegexScanner scanner = {.text = str_from_cstr(text), .error = &error, .arena = arena};
    if (!regex_character_parse(&scanner, folds_case, &out))
        return error;
    assert_true(regex_scanner_is_at_end(&scanner));
    return out;
}

static void test_sets(void **) {
    check_str(parsed("a", false), "a");
    check_str(parsed("a", true), "(?i:[\\x{61}])");
    check_str(parsed("\\x{e4}", false), "[\\x{e4}]");
    check_str(parsed("\\s", false), "[\\x{9}-\\x{a}\\x{c}-\\x{d}\\x{20}]");
    check_str(parsed("\\h", false), "invalid escape sequence in \\h");
    check_str(parsed("[^[:digit:]]", true), "(?i:[^\\x{30}-\\x{39}])");
    check_str(parsed("[[:number:]]", false), "invalid character class range in [:number:]");
}

/* With case ignored, the complement of a set excludes both cases of its letters. */
static void test_complement(void **) {
    Str text = parsed("[[:^lower:]]", true);
    assert_true(str_find(text, STR("\\x{80}-\\x{17e}\\x{180}-\\x{2129}\\x{212b}-"), 0) != SIZE_MAX);
    assert_true(str_find(text, STR("\\x{41}"), 0) == SIZE_MAX);
}

static void test_surrogates(void **) {
    check_str(parsed("[\\x{D800}-\\x{DFFF}]", false), "[^\\x{0}-\\x{10ffff}]");
    check_str(parsed("[^\\x{D800}-\\x{DFFF}]", false), "[\\x{0}-\\x{10ffff}]");
    check_str(parsed("[\\x{D7FE}-\\x{D801}]", false), "[\\x{d7fe}-\\x{d7ff}]");
}

static void test_unicode(void **) {
    static const char *const bad[] = {"Grek", "greek", "Xan", "L&", "Cn", "Latin_greek", ""};
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        Str text = str_format(arena, "\\p{%s}", bad[i]);
        Str error = str_format(arena, "invalid character class range in %.*s", STR_ARG(text));
        check_str_equal(parsed(str_to_cstr(text, arena), false), error);
    }
    check_str(parsed("[\\p{Greek}\\P{^Lu}]", false), "[\\p{sc:Greek}\\p{Lu}]");
    check_str(parsed("\\pL", false), "[\\p{L}]");
    check_str(parsed("\\p{Lu}", true), "(?i:[\\p{L&}])");
}

UNIT_MAIN(test_regex_character) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sets),
        cmocka_unit_test(test_complement),
        cmocka_unit_test(test_surrogates),
        cmocka_unit_test(test_unicode),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
