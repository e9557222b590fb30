/* Graphemes, width, normal form, case, and characters that must not reach a terminal. */
#include "unit.h"

#include "utf8.h"

#define FAMILY "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x91\xa7" /* woman, joiner, girl */
#define FLAG   "\xf0\x9f\x87\xa9\xf0\x9f\x87\xaa"             /* two regional indicators */
#define E_MARK "e\xcc\x81"                                    /* e, combining acute */

static void measures(void **) {
    static const struct {
        Str text;
        size_t valid, graphemes, columns;
    } cases[] = {
        {STR_CONST(""), 0, 0, 0},
        {STR_CONST("hello"), 5, 5, 5},
        {STR_CONST("a\r\nb"), 4, 3, 2},
        {STR_CONST("\xc3\xa4"), 2, 1, 1},
        {STR_CONST(E_MARK "x"), 4, 2, 2},
        {STR_CONST(FAMILY), 11, 1, 2},
        {STR_CONST(FLAG FLAG), 16, 2, 4},
        {STR_CONST("\xe6\x97\xa5\xe6\x9c\xac"), 6, 2, 4},
        {STR_CONST("a\xff"
                   "b"),
         1, 3, 3},
        {STR_CONST("\xed\xa0\x80"), 0, 3, 3},
        {STR_CONST("ab\xc3"), 2, 3, 3},
        {STR_CONST("a\0b"), 3, 3, 2},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(utf8_valid_prefix(cases[i].text), cases[i].valid);
        assert_int_equal(utf8_grapheme_count(cases[i].text), cases[i].graphemes);
        assert_int_equal(utf8_display_width(cases[i].text), cases[i].columns);
    }
    assert_int_equal(utf8_grapheme_end(STR(FAMILY "x"), 0), 11);
    assert_int_equal(utf8_grapheme_end(STR("x"), 7), 1);
}

static void decodes(void **) {
    static const struct {
        Str text;
        uint32_t codepoint;
        size_t width;
    } cases[] = {
        {STR_CONST("A"), 0x41, 1},
        {STR_CONST("\xc3\xa4"), 0xe4, 2},
        {STR_CONST("\xf0\x9f\x98\x80"), 0x1f600, 4},
        {STR_CONST("\xff"), 0xfffd, 1},
        {STR_CONST("\xc3"), 0xfffd, 1},
        {STR_CONST("\xc0\x80"), 0xfffd, 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        size_t width = 0;
        assert_int_equal(utf8_decode(cases[i].text, 0, &width), cases[i].codepoint);
        assert_int_equal(width, cases[i].width);
    }
}

static void normalises(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        Str text;
        const char *wanted;
    } cases[] = {
        {STR_CONST("plain"), "plain"},
        {STR_CONST(E_MARK), "\xc3\xa9"},
        {STR_CONST("\xe2\x84\xab"), "\xc3\x85"},                 /* the unit angstrom is a letter */
        {STR_CONST("\xe1\x84\x80\xe1\x85\xa1"), "\xea\xb0\x80"}, /* Hangul syllable */
        {STR_CONST("\xe0\xa5\x98"), "\xe0\xa4\x95\xe0\xa4\xbc"}, /* composition exclusion */
        {STR_CONST("e\xcc\x81\xff"), "e\xcc\x81\xff"},           /* invalid UTF-8: unchanged */
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(utf8_nfc(cases[i].text, arena), cases[i].wanted);
    }
    Str done = STR("\xe6\x97\xa5");
    assert_ptr_equal(utf8_nfc(done, arena).ptr, done.ptr);
}

static void classes(void **) {
    static const struct {
        uint32_t codepoint;
        bool start, goes_on, space;
    } cases[] = {
        {'a', true, true, false},    {'Z', true, true, false},     {'_', false, true, false},
        {'-', false, false, false},  {'7', false, true, false},    {'@', false, false, false},
        {'[', false, false, false},  {0xe4, true, true, false},    {0x301, false, true, false},
        {0xb7, false, true, false},  {0x2118, true, true, false},  {0x2e2f, false, false, false},
        {0x65e5, true, true, false}, {' ', false, false, true},    {'\v', false, false, true},
        {0xa0, false, false, true},  {0x3000, false, false, true}, {0x200b, false, false, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        assert_int_equal(utf8_is_id_start(cases[i].codepoint), cases[i].start);
        assert_int_equal(utf8_is_id_continue(cases[i].codepoint), cases[i].goes_on);
        assert_int_equal(utf8_is_space(cases[i].codepoint), cases[i].space);
    }
}

static void changes_case(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(utf8_upper(STR("abc \xc3\xa4"), arena), "ABC \xc3\x84");
    check_str(utf8_lower(STR("ABC \xc3\x84"), arena), "abc \xc3\xa4");
    assert_int_equal(utf8_to_title(0x1c6), 0x1c5);
}

static void strips(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        Str text;
        const char *wanted;
    } cases[] = {
        {STR_CONST("a\tb\nc"), "a\tb\nc"},
        {STR_CONST("\x1b[31mred\x1b[0m"), "red"},
        {STR_CONST("\x1b]0;title\x07text"), "text"},
        {STR_CONST("\x1b]8;;http://x\x1b\\link"), "link"},
        {STR_CONST("\x1bPdata\x1b\\on"), "on"},
        {STR_CONST("\xc2\x9b"
                   "31mred"),
         "red"},
        {STR_CONST("\x1b(Bplain\x1b"
                   "7x"),
         "plainx"},
        {STR_CONST("a\rb\x08"
                   "c\x7f\xc2\x85"
                   "d"),
         "abcd"},
        {STR_CONST("\x1b]never ended\nrest"), "\nrest"},
        {STR_CONST("raw \x9b"
                   "31m"),
         "raw \xef\xbf\xbd"
         "31m"},
        {STR_CONST("\x1b"), ""},
        {STR_CONST("\x1b["), ""},
        {STR_CONST("\x1b[1;\nx"), "\nx"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(utf8_strip_controls(cases[i].text, arena), cases[i].wanted);
    }
}

/* Text of others within a message cannot look like a line of loam. */
static void joins(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *text, *line, *indented;
    } cases[] = {
        {"", "", ""},
        {" one\n", "one", "one"},
        {"gone\n\nError: x\r\n", "gone Error: x", "\n    gone\n\n    Error: x"},
        {"a  b\n\x1b[1mc", "a  b c", "\n    a  b\n    c"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(utf8_one_line(str_from_cstr(cases[i].text), arena), cases[i].line);
        check_str(utf8_indented(str_from_cstr(cases[i].text), arena), cases[i].indented);
    }
}

UNIT_MAIN(test_utf8) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures), cmocka_unit_test(decodes),      cmocka_unit_test(normalises),
        cmocka_unit_test(classes),  cmocka_unit_test(changes_case), cmocka_unit_test(strips),
        cmocka_unit_test(joins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
