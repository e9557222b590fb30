/* path_error: paths made of typed steps, with arbitrary names. */
#include "path_error.h"

#include "unit.h"

static Call call_of(Arena *arena) {
    return (Call){.arena = arena, .address = STR("x.y")};
}

static void places_are_typed(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Call call = call_of(arena);
    check_str(path_to_str(PATH_AT(&call, {"disk"}, {.index = 0}, {"size"}), arena),
              ".disk[0].size");
    check_str(path_to_str(PATH_AT(&call, {"labels"}, {.key = STR("a.b[\"c\"]")}), arena),
              ".labels[\"a.b[\\\"c\\\"]\"]");
    size_t last = 12;
    Path path = PATH_AT(&call, {"disk"}, {.index = last});
    assert_int_equal(path.count, 2);
    assert_true(path.steps[1].is_index);
    int64_t number = 0;
    assert_true(value_to_int(path.steps[1].key, &number));
    assert_int_equal(number, 12);
}

static void an_error_is_placed(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Call call = call_of(arena);
    Diags diags = diags_new(arena);
    assert_false(path_error(&call, PATH_AT(&call, {"size"}), &diags, "Too small",
                            "It has %d of %s.", 3, "4%"));
    assert_int_equal(diags.error_count, 1);
    check_str(diags.items[0].summary, "Too small");
    check_str(diags.items[0].detail, "It has 3 of 4%.");
    check_str(diags.items[0].path, ".size");
}

static void the_whole_object_has_no_path(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Call call = call_of(arena);
    Diags diags = diags_new(arena);
    path_warning(&call, NO_PATH, &diags, "Odd", "It is.");
    assert_int_equal(diags.error_count, 0);
    assert_int_equal(diags.items[0].severity, DIAG_WARNING);
    assert_int_equal(diags.items[0].path.len, 0);
}

UNIT_MAIN(test_path_error) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_are_typed),
        cmocka_unit_test(an_error_is_placed),
        cmocka_unit_test(the_whole_object_has_no_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
