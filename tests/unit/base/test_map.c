/* Order of insertion, replacement, capacity, with and without the index. */
#include "unit.h"

#include "map.h"

static int values[5000];

static Map filled(size_t count, Arena *arena) {
    Map map = map_new(arena);
    for (size_t i = 0; i < count; i++) {
        assert_null(map_set(&map, str_format(arena, "key-%zu", i), &values[i]));
    }
    return map;
}

static void finds_set_values(void **) {
    static const size_t counts[] = {0, 1, 8, 9, 100, 5000};
    for (size_t c = 0; c < ARRAY_COUNT(counts); c++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Map map = filled(counts[c], arena);
        assert_int_equal(map.count, counts[c]);
        size_t i = 0;
        map_each(&map, entry) {
            check_str_equal(entry->key, str_format(arena, "key-%zu", i));
            assert_ptr_equal(map_find(&map, entry->key), &values[i++]);
        }
        assert_int_equal(i, counts[c]);
        assert_null(map_find(&map, STR("absent")));
        assert_false(map_has(&map, STR("")));
    }
}

static void replaces_in_place(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Map map = filled(20, arena);
    assert_ptr_equal(map_set(&map, STR("key-3"), NULL), &values[3]);
    assert_true(map_has(&map, STR("key-3")));
    assert_null(map_find(&map, STR("key-3")));
    assert_int_equal(map.count, 20);
    check_str(map.entries[3].key, "key-3");
}

static void grows_once_into_what_was_reserved(void **) {
    static const size_t counts[] = {1, 8, 9, 100, 5000};
    for (size_t c = 0; c < ARRAY_COUNT(counts); c++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Map map = map_new(arena);
        map_reserve(&map, counts[c]);
        size_t before = arena_used(arena);
        for (size_t i = 0; i < counts[c]; i++)
            map_set(&map, (Str){(const char *)values, 1 + i}, &values[i]);
        assert_int_equal(arena_used(arena), before);
        assert_int_equal(map.count, counts[c]);
        for (size_t i = 0; i < counts[c]; i++)
            assert_ptr_equal(map_find(&map, (Str){(const char *)values, 1 + i}), &values[i]);
    }
}

/* A zeroed map reads as empty; a write uses the arena of that call. */
static void zero_is_the_empty_map(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Map map = {0};
    assert_null(map_find(&map, STR("a")));
    assert_false(map_has(&map, STR("")));
    map_each(&map, entry) {
        fail_msg("%.*s", STR_ARG(entry->key));
    }
    for (size_t i = 0; i < 100; i++)
        assert_null(map_put(arena, &map, str_format(arena, "key-%zu", i), &values[i]));
    assert_ptr_equal(map_put(arena, &map, STR("key-7"), &values[0]), &values[7]);
    assert_int_equal(map.count, 100);
    assert_ptr_equal(map_find(&map, STR("key-99")), &values[99]);
    Map reserved = map_new(arena);
    assert_null(map_put(arena, &reserved, STR("a"), &values[1]));
    assert_ptr_equal(map_set(&reserved, STR("a"), &values[2]), &values[1]);
}

static void asks_for_the_nearest_key(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Map map = {0};
    check_str(map_did_you_mean(&map, STR("nmae"), arena), "");
    map_put(arena, &map, STR("memory"), &values[0]);
    map_put(arena, &map, STR("name"), &values[1]);
    check_str(map_did_you_mean(&map, STR("nmae"), arena), " Did you mean \"name\"?");
    check_str(map_did_you_mean(&map, STR("disk"), arena), "");
}

UNIT_MAIN(test_map) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_set_values),
        cmocka_unit_test(replaces_in_place),
        cmocka_unit_test(grows_once_into_what_was_reserved),
        cmocka_unit_test(zero_is_the_empty_map),
        cmocka_unit_test(asks_for_the_nearest_key),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
