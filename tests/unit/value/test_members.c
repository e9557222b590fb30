#include "unit.h"

#include "members.h"

/* Names are given in any order; the second "b" takes the first one's place. */
static Members some_members(Arena *arena) {
    Members members = members_new(arena);
    members_put(&members, STR("b"), value_from_cstr("old"));
    members_put(&members, STR("c"), value_from_cstr("last"));
    members_put(&members, STR("a"), value_from_cstr("first"));
    members_put(&members, STR("b"), value_from_cstr("new"));
    return members;
}

static void members_are_sorted_and_the_last_wins(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    Members members = some_members(arena);
    Value object = members_to_object(&members);
    assert_int_equal(object.type->kind, KIND_OBJECT);
    check_str(value_display(object, 0, arena), "{a = \"first\", b = \"new\", c = \"last\"}");
    members = some_members(arena);
    Value map = members_to_map(&members, &TYPE_STRING);
    assert_ptr_equal(map.type, &TYPE_MAP_OF_STRING);
    check_str(value_display(map, 0, arena),
              "{\"a\" = \"first\", \"b\" = \"new\", \"c\" = \"last\"}");
    Members none = members_new(arena);
    assert_int_equal(members_to_object(&none).count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_are_sorted_and_the_last_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
