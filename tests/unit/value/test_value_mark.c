#include "arena_case.h"

#include "value.h"

/* A map {"k" = [secret]} that is itself ephemeral. */
static Value marked_map(void) {
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = value_with_marks(value_from_cstr("s"), MARK_SENSITIVE);
    items[1] = value_from_cstr("t");
    Value *lists = arena_new(arena, Value);
    *lists = value_list(&TYPE_STRING, items, 2, arena);
    Str *keys = arena_new(arena, Str);
    *keys = STR("k");
    Value map = value_map(&TYPE_LIST_OF_STRING, keys, lists, 1, arena);
    return value_with_marks(map, MARK_EPHEMERAL);
}

static void marks_add_up(void **) {
    Value v = value_with_marks(value_int(1), MARK_SENSITIVE);
    v = value_with_marks(v, MARK_DEPRECATED);
    assert_int_equal(v.marks, MARK_SENSITIVE | MARK_DEPRECATED);
    assert_true(value_has_marks_anywhere(v));
    assert_false(value_has_marks_anywhere(value_with_marks(value_int(1), 0)));
}

static void own_marks_come_off_alone(void **) {
    Value v = value_without_marks(marked_map());
    assert_int_equal(v.marks, 0);
    assert_true(value_has_marks_anywhere(v));
    Value plain = value_without_marks(value_with_marks(value_int(1), MARK_SENSITIVE));
    assert_false(value_has_marks_anywhere(plain));
    Value absent =
        value_without_marks(value_with_marks(value_unknown(&TYPE_LIST_OF_STRING), MARK_SENSITIVE));
    assert_false(value_has_marks_anywhere(absent));
    assert_false(value_is_wholly_known(absent));
}

static void deep_marks(void **) {
    Value v = marked_map();
    assert_int_equal(value_marks_deep(v), MARK_SENSITIVE | MARK_EPHEMERAL);
    assert_int_equal(value_marks_deep(value_int(1)), 0);
    Value bare = value_unmark_deep(v, arena);
    assert_false(value_has_marks_anywhere(bare));
    assert_int_equal(value_marks_deep(bare), 0);
    assert_true(value_equal(bare, v));
    assert_true(value_has_mark(value_at(value_at(v, 0), 0), MARK_SENSITIVE));
}

UNIT_MAIN(test_value_mark) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_add_up),
        cmocka_unit_test(own_marks_come_off_alone),
        cmocka_unit_test(deep_marks),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
