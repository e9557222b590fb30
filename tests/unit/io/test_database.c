/* Without its plugin no session opens, and the error says why. */
#include "unit.h"

#include "database.h"
#include "plugin.h"

static void no_module(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const Database *database = &database_real;
    plugin_set_directory(STR("/nowhere"));
    DatabaseSession *session = NULL;
    DatabaseAnswer answer;
    assert_int_equal(database->open(database->self, STR(""), &session, &answer, arena),
                     DATABASE_NO_CLIENT);
    assert_null(session);
    assert_true(str_find(answer.problem, STR("/nowhere/" DATABASE_PLUGIN), 0) != SIZE_MAX);
}

UNIT_MAIN(test_database) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_module),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
