#include "arena_case.h"

#include "refinement.h"

static const Value *bound(int64_t number) {
    Value *kept = arena_new(arena, Value);
    *kept = value_int(number);
    return kept;
}

static Refinement of_length(uint32_t least, uint32_t most) {
    Refinement refinement = refinement_any();
    refinement.not_null = true;
    refinement.length_min = least;
    refinement.length_max = most;
    return refinement;
}

static void only_one_value_fits(void **) {
    Refinement number = refinement_any();
    number.min = number.max = bound(3);
    assert_false(value_is_known(refinement_to_value(&TYPE_NUMBER, number, arena)));
    number.not_null = true;
    check_str(value_display(refinement_to_value(&TYPE_NUMBER, number, arena), 0, arena), "3");
    Value list = refinement_to_value(&TYPE_LIST_OF_STRING, of_length(2, 2), arena);
    assert_int_equal(list.count, 2);
    assert_false(value_is_known(value_at(list, 0)));
    const Type *map = type_map(&TYPE_STRING, arena);
    assert_true(value_is_known(refinement_to_value(map, of_length(0, 0), arena)));
    assert_false(value_is_known(refinement_to_value(map, of_length(1, 1), arena)));
}

static void one_of_two(void **) {
    Refinement joined = refinement_join(value_int(1), value_int(5), arena);
    assert_true(joined.not_null);
    assert_int_equal(joined.min->as.integer, 1);
    assert_int_equal(joined.max->as.integer, 5);
    joined = refinement_join(value_int(1), value_null(&TYPE_NUMBER), arena);
    assert_false(joined.not_null);
    assert_null(joined.min);
}

static void lengths(void **) {
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = value_from_cstr("a");
    items[1] = value_unknown(&TYPE_STRING);
    Value set = value_set(&TYPE_STRING, items, 2, arena);
    Refinement length = refinement_of(refinement_length(set, arena), arena);
    assert_int_equal(length.min->as.integer, 1);
    assert_int_equal(length.max->as.integer, 2);
    Value unknown_set = refinement_to_value(&TYPE_SET_OF_STRING, of_length(2, 4), arena);
    length = refinement_of(refinement_length(unknown_set, arena), arena);
    assert_int_equal(length.min->as.integer, 2);
    assert_int_equal(length.max->as.integer, 4);
    Value unknown = refinement_to_value(&TYPE_LIST_OF_STRING, of_length(2, 4), arena);
    length = refinement_of(refinement_length(unknown, arena), arena);
    assert_int_equal(length.min->as.integer, 2);
    assert_int_equal(length.max->as.integer, 4);
}

static void bounds(void **) {
    Value ones[] = {value_unknown(&TYPE_STRING)};
    Value single = value_set(&TYPE_STRING, ones, 1, arena);
    /* One unknown member cannot coincide with another. */
    Refinement of = refinement_of(single, arena);
    assert_int_equal(of.length_min, 1);
    assert_int_equal(of.length_max, 1);
    of = refinement_of(value_null(&TYPE_LIST_OF_STRING), arena);
    assert_false(of.not_null);
    assert_int_equal(of.length_max, UINT32_MAX);
    check_str(refinement_of(value_from_cstr("abc"), arena).prefix, "abc");
    assert_true(value_is_known(refinement_to_value(&TYPE_SET_OF_STRING, of_length(1, 1), arena)));
    assert_false(value_is_known(refinement_to_value(&TYPE_SET_OF_STRING, of_length(2, 2), arena)));
    assert_int_equal(
        refinement_to_value(&TYPE_LIST_OF_STRING, of_length(100000, 100000), arena).count, 100000);
    assert_false(value_is_known(
        refinement_to_value(&TYPE_LIST_OF_STRING, of_length(100001, 100001), arena)));
    assert_null(refinement_to_value(&TYPE_DYNAMIC, of_length(1, 1), arena).as.refinement);
    assert_null(refinement_to_value(&TYPE_STRING, refinement_any(), arena).as.refinement);
    Refinement part = refinement_any();
    part.prefix = STR("a");
    assert_non_null(refinement_to_value(&TYPE_STRING, part, arena).as.refinement);
    part = refinement_any();
    part.min = bound(1);
    assert_non_null(refinement_to_value(&TYPE_NUMBER, part, arena).as.refinement);
    part.not_null = true;
    part.max = bound(2);
    assert_false(value_is_known(refinement_to_value(&TYPE_NUMBER, part, arena)));
    part = refinement_any();
    part.length_min = 1;
    assert_non_null(refinement_to_value(&TYPE_LIST_OF_STRING, part, arena).as.refinement);
    part = refinement_any();
    part.length_max = 1;
    assert_non_null(refinement_to_value(&TYPE_LIST_OF_STRING, part, arena).as.refinement);
}

static void never_null(void **) {
    Value unknown = value_with_marks(value_unknown(&TYPE_STRING), MARK_SENSITIVE);
    Value made = refinement_add_not_null(unknown, arena);
    assert_false(refinement_is_never_null(unknown));
    assert_true(refinement_is_never_null(made));
    assert_int_equal(made.marks, MARK_SENSITIVE);
    assert_true(refinement_is_never_null(refinement_not_null(&TYPE_STRING, arena)));
    assert_true(refinement_is_never_null(value_int(1)));
    assert_false(refinement_is_never_null(value_null(&TYPE_STRING)));
    assert_true(value_is_null(refinement_add_not_null(value_null(&TYPE_STRING), arena)));
    assert_true(value_is_known(refinement_add_not_null(value_int(1), arena)));
    Value part = refinement_add_not_null(
        value_unknown_refined(&TYPE_NUMBER, (Refinement){.min = bound(2), .length_max = UINT32_MAX},
                              arena),
        arena);
    assert_int_equal(part.as.refinement->min->as.integer, 2);
}

static void joined_lengths(void **) {
    Value a = refinement_to_value(&TYPE_LIST_OF_STRING, of_length(1, 5), arena);
    Value b = refinement_to_value(&TYPE_LIST_OF_STRING, of_length(2, 9), arena);
    for (int i = 0; i < 2; i++) {
        Refinement joined = refinement_join(i ? a : b, i ? b : a, arena);
        assert_int_equal(joined.length_min, 1);
        assert_int_equal(joined.length_max, 9);
    }
    Refinement other = refinement_join(a, value_unknown(&TYPE_SET_OF_STRING), arena);
    assert_int_equal(other.length_max, UINT32_MAX);
    Refinement numbers = refinement_join(value_int(5), value_int(1), arena);
    assert_int_equal(numbers.min->as.integer, 1);
    assert_int_equal(numbers.max->as.integer, 5);
    assert_null(refinement_join(value_int(5), value_unknown(&TYPE_NUMBER), arena).max);
    assert_false(refinement_join(value_unknown(&TYPE_NUMBER), value_int(5), arena).not_null);
}

UNIT_MAIN(test_refinement) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds),         cmocka_unit_test(never_null),
        cmocka_unit_test(joined_lengths), cmocka_unit_test(only_one_value_fits),
        cmocka_unit_test(one_of_two),     cmocka_unit_test(lengths),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
