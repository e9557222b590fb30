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
    Value unknown = refinement_to_value(&TYPE_LIST_OF_STRING, of_length(2, 4), arena);
    length = refinement_of(refinement_length(unknown, arena), arena);
    assert_int_equal(length.min->as.integer, 2);
    assert_int_equal(length.max->as.integer, 4);
}

UNIT_MAIN(test_refinement) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_one_value_fits),
        cmocka_unit_test(one_of_two),
        cmocka_unit_test(lengths),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
