#include "unit.h"

#include "foreign_names.h"

static void test_hints(void **) {
    Arena *arena = arena_open("test");
    static const ForeignName rows[] = {
        {"colour", "Set \"color\"."},
        {"mod", "Set \"action\"."},
    };
    static const ForeignNames names = {rows, ARRAY_COUNT(rows)};
    const Str known[] = {STR("mode"), STR("color")};
    check_str(foreign_names_hint(&names, STR("colour"), arena), " Set \"color\".");
    check_str(foreign_names_hint(&names, STR("mode"), arena), "");
    check_str(foreign_names_hint(NULL, STR("colour"), arena), "");
    /* A row has precedence over a similar name. */
    check_str(foreign_names_suggest(&names, STR("mod"), known, 2, arena), " Set \"action\".");
    check_str(foreign_names_suggest(&names, STR("mdoe"), known, 2, arena),
              " Did you mean \"mode\"?");
    check_str(foreign_names_suggest(NULL, STR("mod"), known, 2, arena), " Did you mean \"mode\"?");
    arena_close(arena);
}

UNIT_MAIN(test_foreign_names) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_hints)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
