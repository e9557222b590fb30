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

/* Every order of the members gives the same set. */
static void all_orders_give_one(void **) {
    arena = arena_open("test");
    const Value sorted[][4] = {
        {value_int(-1), value_int(0), value_int(2), value_int(10)},
        {value_from_cstr(""), value_from_cstr("a"), value_from_cstr("ab"), value_from_cstr("b")},
        {list_of("a", "b"), list_of("a", NULL), list_of("b", "a"), list_of("b", NULL)},
    };
    for (size_t which = 0; which < ARRAY_COUNT(sorted); which++) {
        for (unsigned order = 0; order < 256; order++) {
            size_t places[4];
            unsigned seen = 0;
            Value items[4];
            for (size_t i = 0; i < 4; i++) {
                places[i] = order >> (2 * i) & 3;
                seen |= 1U << places[i];
                items[i] = sorted[which][places[i]];
            }
            if (seen != 15)
                continue;
            value_sort_members(items, 4, arena);
            for (size_t i = 0; i < 4; i++)
                assert_true(value_equal(items[i], sorted[which][i]));
        }
    }
    arena_close(arena);
}

UNIT_MAIN(test_value_order) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_orders_give_one),
                                       cmocka_unit_test(lists_are_ordered_as_they_are_spelled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
