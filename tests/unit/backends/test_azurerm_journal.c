/* Frames of the append blob. */
#include "unit.h"

#include "azurerm_journal.h"

typedef struct Row {
    const char *text;
    const char *segments; /* "NUMBER:TEXT|" of each */
    const char *problem;  /* NULL: none */
} Row;

static const Row rows[] = {
    {"", "", NULL},
    {"loam-journal 1 1 0 1 3 l\na\nb", "1:a\nb|", NULL},
    {"loam-journal 1 1 0 1 3 l\na\nbloam-journal 1 2 0 1 0 l\n", "1:a\nb|2:|", NULL},
    {"loam-journal 1 7 0 2 1 l\naloam-journal 1 7 1 2 1 l\nb", "7:ab|", NULL},
    /* An interrupted segment, at the end and before another one. */
    {"loam-journal 1 7 0 2 1 l\na", "7:|", NULL},
    {"loam-journal 1 7 0 2 1 l\naloam-journal 1 8 0 1 1 m\nb", "7:|8:b|", NULL},
    {"loam-journal 1 1 0 1 3 l\nab", "", "it is damaged at byte 0"},
    {"loam-journal 1 1 0 1 1 l\naloam", "1:a|", "it is damaged at byte 26"},
    {"loam-journal 2 1 0 1 0 l\n", "", "it is damaged at byte 0"},
    {"loam-journal 1 1 1 1 0 l\n", "", "it is damaged at byte 0"},
    {"loam-journal 1 1 1 2 0 l\n", "", "it is damaged at byte 0"},
    {"loam-journal 1 1 0 3 0 l\nloam-journal 1 1 2 3 0 l\n", "1:|", "it is damaged at byte 25"},
    {"loam-journal 1 1 0 2 0 l\nloam-journal 1 2 1 2 0 l\n", "1:|", "it is damaged at byte 25"},
    {"loam-journal 1 1 0 1 -1 l\n", "", "it is damaged at byte 0"},
    {"other\n", "", "it is damaged at byte 0"},
    {"other", "", "it is damaged at byte 0"},
};

static void frames(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Segments segments = {0};
        Str problem = STR_EMPTY;
        StrBuf text = strbuf_new(arena);
        bool ok = azurerm_journal_parse(str_from_cstr(rows[i].text), &segments, &problem, arena);
        assert_int_equal(ok, rows[i].problem == NULL);
        vec_each(&segments, segment) {
            strbuf_add_format(&text, "%llu:%.*s|", (unsigned long long)segment->number,
                              STR_ARG(segment->text));
        }
        check_str(strbuf_str(&text), rows[i].segments);
        check_str(problem, rows[i].problem ? rows[i].problem : "");
    }
}

UNIT_MAIN(test_azurerm_journal) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
