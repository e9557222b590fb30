/* Both functions set the reason and return false. */
#include "unit.h"

#include "problem.h"

static void reasons(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str problem = STR("untouched");
    assert_false(problem_set(&problem, arena, "\"%s\" has %d bytes", "a", 3));
    check_str(problem, "\"a\" has 3 bytes");
    assert_false(problem_text(&problem, "100 % lost"));
    check_str(problem, "100 % lost");
}

UNIT_MAIN(test_problem) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reasons),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
