#include "unit.h"

#include "value.h"

static Arena *arena;

static Value list_of(const char *first, const char *second) {
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = value_from_cstr(first);
    if (second)
        items[1] = value_from_cstr(second);
    return value_list(&TYPE_STRING, items, second ? 2 : 1, arena);
}

/* ["a", "b"] is spelled ["a";"b";], and ["a"] is ["a";]: a quote comes before a bracket. */
static void lists_are_ordered_as_they_are_spelled(void **) {
    arena = arena_open("test");
    Value items[] = {list_of("a", NULL), list_of("a", "b"), value_null(&TYPE_LIST_OF_STRING)};
    value_sort_members(items, 3, arena);
    assert_int_equal(items[0].count, 2);
    assert_int_equal(items[1].count, 1);
    assert_true(value_is_null(items[2]));
    arena_close(arena);
}

UNIT_MAIN(test_value_order) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(lists_are_ordered_as_they_are_spelled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
