#include "arena_case.h"

#include "value.h"

/* A value of every kind, entirely in `in`. */
static Value sample(Arena *in) {
    const Number *number = NULL;
    assert_true(number_from_text(STR("0.1"), &number, in));
    Value bound = value_from_number(number);
    Value *bounds = arena_new(in, Value);
    *bounds = bound;
    Refinement refinement = {.not_null = true,
                             .min = bounds,
                             .prefix = str_clone(STR("pre"), in),
                             .length_max = UINT32_MAX};

    Value *strings = arena_new_array(in, Value, 2);
    strings[0] = value_string(str_clone(STR("b"), in), in);
    strings[1] = value_with_marks(value_string(str_clone(STR("a"), in), in), MARK_SENSITIVE);
    Str *keys = arena_new_array(in, Str, 1);
    keys[0] = str_clone(STR("key"), in);
    Value *tuples = arena_new_array(in, Value, 1);
    tuples[0] = value_tuple(strings, 2, in);

    Str *names = arena_new_array(in, Str, 5);
    Value *items = arena_new_array(in, Value, 5);
    names[0] = str_clone(STR("map"), in);
    items[0] = value_map(tuples[0].type, keys, tuples, 1, in);
    names[1] = str_clone(STR("number"), in);
    items[1] = bound;
    names[2] = str_clone(STR("unknown"), in);
    items[2] = value_unknown_refined(&TYPE_NUMBER, refinement, in);
    names[3] = str_clone(STR("null"), in);
    items[3] = value_null(&TYPE_DYNAMIC);
    names[4] = str_clone(STR("set"), in);
    Value *flags = arena_new_array(in, Value, 2);
    flags[0] = value_bool(true);
    flags[1] = value_bool(false);
    items[4] = value_set(&TYPE_BOOL, flags, 2, in);
    return value_object(names, items, 5, in);
}

static void clones_outlive_the_original(void **) {
    Arena *other = arena_open("other");
    Value clone = value_clone(sample(other), arena);
    arena_close(other);
    assert_true(value_identical(clone, sample(arena)));
    const Refinement *refinement = value_attribute(clone, STR("unknown")).as.refinement;
    check_str(refinement->prefix, "pre");
    check_str(value_display(*refinement->min, 0, arena), "0.1");
    assert_true(refinement->not_null);
    assert_null(refinement->max);
}

static void parts_share_the_clones_types(void **) {
    Arena *other = arena_open("other");
    Value *items = arena_new_array(other, Value, 3);
    for (size_t i = 0; i < 3; i++) {
        Str *names = arena_new(other, Str);
        Value *fields = arena_new(other, Value);
        *names = STR("a");
        *fields = value_int((int64_t)i);
        items[i] = value_object(names, fields, 1, other);
    }
    Value clone = value_clone(value_tuple(items, 3, other), arena);
    arena_close(other);
    assert_ptr_equal(value_at(clone, 0).type, value_at(clone, 2).type);
    check_str(value_display(clone, 0, arena), "[{a = 0}, {a = 1}, {a = 2}]");
}

static Value number_to_string(Value v, void *payload, Arena *in) {
    size_t *calls = payload;
    ++*calls;
    if (v.type->kind != KIND_NUMBER || !value_is_present(v))
        return v;
    return value_with_marks(value_from_str(value_number_text(v, in)), v.marks);
}

static void changes_rebuild_types(void **) {
    size_t calls = 0;
    Value before = value_with_marks(sample(arena), MARK_EPHEMERAL);
    Value after = value_transform(before, number_to_string, &calls, arena);
    assert_int_equal(calls, 1 + 5 + 1 + 2 + 2);
    assert_ptr_equal(value_attribute(after, STR("number")).type, &TYPE_STRING);
    size_t at = 0;
    assert_true(type_find_attribute(after.type, STR("number"), &at));
    assert_ptr_equal(type_at(after.type, at), &TYPE_STRING);
    assert_int_equal(after.marks, MARK_EPHEMERAL);
    assert_ptr_equal(value_attribute(after, STR("map")).as.map,
                     value_attribute(before, STR("map")).as.map);
}

static Value all_the_same(Value v, void *payload, Arena *in) {
    (void)payload, (void)in;
    return type_is_primitive(v.type) ? value_from_cstr("x") : v;
}

static void sets_coalesce_when_elements_become_equal(void **) {
    Value set = value_attribute(sample(arena), STR("set"));
    Value after = value_transform(set, all_the_same, NULL, arena);
    check_str(value_display(after, 0, arena), "[\"x\"]");
    assert_ptr_equal(after.type, &TYPE_SET_OF_STRING);
}

static void unknown_becomes_null(void **) {
    Value items[] = {value_from_cstr("a"), value_unknown(&TYPE_STRING)};
    Value known = value_unknown_as_null(value_tuple(items, 2, arena), arena);
    check_str(value_display(known, 0, arena), "[\"a\", null]");
    assert_ptr_equal(value_at(known, 1).type, &TYPE_STRING);
}

UNIT_MAIN(test_value_transform) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clones_outlive_the_original),
        cmocka_unit_test(parts_share_the_clones_types),
        cmocka_unit_test(changes_rebuild_types),
        cmocka_unit_test(sets_coalesce_when_elements_become_equal),
        cmocka_unit_test(unknown_becomes_null),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
