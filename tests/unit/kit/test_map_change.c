/* map_change: null entries are ignored. */
#include "map_change.h"
#include "unit.h"

static void test_whole(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value none = value_null(&TYPE_MAP_OF_STRING);
    Str keys[] = {STR("a")};
    Value items[] = {value_from_cstr("1")};
    Value one = value_map(&TYPE_STRING, keys, items, 1, arena);
    assert_false(map_change_forces_new(none, none));
    assert_true(map_change_forces_new(none, one));
    assert_true(map_change_forces_new(one, none));
    assert_false(map_change_forces_new(one, one));
    assert_true(map_change_forces_new(one, value_unknown(&TYPE_MAP_OF_STRING)));
}

UNIT_MAIN(test_map_change) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
