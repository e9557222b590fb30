/* libpq without a server; tests/backend/pg tests it with one. */
#include "unit.h"

#include "pq_database.h"

typedef struct Row {
    const char *address;
    const char *problem;
} Row;

static const Row rows[] = {
    {"postgres://x@127.0.0.1:1/x?sslmode=disable", "Connection refused"},
    {"postgres://x@127.0.0.1:1/x?colour=red", "colour"},
    {"host=127.0.0.1 port=none", "port"},
};

static void no_server(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        DatabaseSession *session = NULL;
        DatabaseAnswer answer;
        assert_int_equal(
            pq_database.open(NULL, str_from_cstr(rows[i].address), &session, &answer, arena),
            DATABASE_LOST);
        assert_null(session);
        if (str_find(answer.problem, str_from_cstr(rows[i].problem), 0) == SIZE_MAX)
            check_str(answer.problem, rows[i].problem);
        assert_true(str_find_char(answer.problem, '\n', 0) == SIZE_MAX);
    }
}

UNIT_MAIN(test_pq_database) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
