/* ObjectBuilder: objects built by name, in any order, and read with fallbacks. */
#include "object_builder.h"

#include "json.h"
#include "unit.h"

static const Attribute attributes[] = {
    {"b_text", &TYPE_STRING, OPTIONAL, "Text."},
    {"a_number", &TYPE_NUMBER, OPTIONAL, "Number."},
    {"c_flag", &TYPE_BOOL, OPTIONAL, "Flag."},
    {"d_any", &TYPE_DYNAMIC, OPTIONAL, "Any."},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

static void test_set_and_read(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectBuilder builder = object_builder_empty(&schema, arena);
    object_builder_set_text(&builder, "b_text", STR("x"), arena);
    object_builder_set(&builder, "a_number", value_int(7));
    object_builder_set(&builder, "c_flag", value_bool(true));
    object_builder_set(&builder, "d_any", value_int(1));
    Value object = object_builder_value(&builder);
    assert_ptr_equal(object.type, schema_implied_type(&schema));
    check_str(object_text(object, "b_text", STR("")), "x");
    assert_int_equal(object_int(object, "a_number", 0), 7);
    assert_true(object_bool(object, "c_flag", false));
    assert_true(object_has(object, "b_text"));

    ObjectBuilder copy = object_builder_of(object, arena);
    object_builder_set(&copy, "b_text", value_unknown(&TYPE_STRING));
    check_str(object_text(object, "b_text", STR("")), "x");
    check_str(object_text(object_builder_value(&copy), "b_text", STR("fallback")), "fallback");
}

static void test_null_members(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectBuilder builder = object_builder_null(schema_implied_type(&schema), arena);
    Value object = object_builder_value(&builder);
    assert_int_equal(object.count, 4);
    for (size_t i = 0; i < object.count; i++) {
        assert_true(value_is_null(value_at(object, i)));
        assert_ptr_equal(value_at(object, i).type, type_at(object.type, i));
    }
}

static void test_fallbacks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectBuilder builder = object_builder_empty(&schema, arena);
    object_builder_set_optional(&builder, "b_text", STR_EMPTY, arena);
    Value object = object_builder_value(&builder);
    check_str(object_text(object, "b_text", STR("f")), "f");
    assert_int_equal(object_int(object, "a_number", -3), -3);
    assert_true(object_bool(object, "c_flag", true));
    assert_true(value_is_null(object_attribute(object, "d_any")));
    assert_false(object_has(object, "d_any"));
}

/* Names are set in any order; the second "b" replaces the first one. */
static ObjectBuilder gathered(Arena *arena) {
    ObjectBuilder builder = object_builder_new(arena);
    object_builder_put(&builder, STR("b"), value_from_cstr("old"));
    object_builder_put(&builder, STR("c"), value_from_cstr("last"));
    object_builder_put(&builder, STR("a"), value_from_cstr("first"));
    object_builder_put(&builder, STR("b"), value_from_cstr("new"));
    return builder;
}

static void gathered_names_are_sorted_and_the_last_wins(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectBuilder builder = gathered(arena);
    Value object = object_builder_value(&builder);
    assert_int_equal(object.type->kind, KIND_OBJECT);
    check_str(value_display(object, 0, arena), "{a = \"first\", b = \"new\", c = \"last\"}");
    builder = gathered(arena);
    Value map = object_builder_map(&builder, &TYPE_STRING);
    assert_ptr_equal(map.type, &TYPE_MAP_OF_STRING);
    check_str(value_display(map, 0, arena),
              "{\"a\" = \"first\", \"b\" = \"new\", \"c\" = \"last\"}");
    ObjectBuilder none = object_builder_new(arena);
    assert_int_equal(object_builder_value(&none).count, 0);
}

static Value value_of(const char *json, Arena *arena) {
    Value value;
    const char *error = NULL;
    size_t offset = 0;
    assert_true(json_parse_any(str_from_cstr(json), &value, &error, &offset, arena));
    return value;
}

static Value list_of(Value a, Value b, Arena *arena) {
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = a;
    items[1] = b;
    return value_list(a.type, items, 2, arena);
}

static void test_fill(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value one = value_of("{\"a\":\"x\",\"b\":\"1\"}", arena);
    Value two = value_of("{\"a\":\"y\",\"b\":\"2\"}", arena);
    ObjectBuilder open = object_builder_of(two, arena);
    object_builder_set(&open, "b", value_unknown(&TYPE_STRING));
    object_builder_set(&open, "a", value_from_cstr("kept"));
    Value planned = list_of(one, object_builder_value(&open), arena);
    Value actual = list_of(two, two, arena);
    Value filled = object_fill(planned, actual, arena);
    assert_true(value_is_wholly_known(filled));
    check_str(object_text(value_at(filled, 0), "a", STR_EMPTY), "x");
    check_str(object_text(value_at(filled, 1), "a", STR_EMPTY), "kept");
    check_str(object_text(value_at(filled, 1), "b", STR_EMPTY), "2");
    Value unknown = value_unknown(planned.type);
    assert_true(value_equal(object_fill(unknown, actual, arena), actual));
}

static void test_differs(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value one = value_of("{\"a\":\"x\",\"b\":\"1\"}", arena);
    Value two = value_of("{\"a\":\"x\",\"b\":\"2\"}", arena);
    assert_false(object_differs(one, two, "a"));
    assert_true(object_differs(one, two, "b"));
    ObjectBuilder open = object_builder_of(two, arena);
    object_builder_set(&open, "a", value_unknown(&TYPE_STRING));
    assert_true(object_differs(one, object_builder_value(&open), "a"));
}

UNIT_MAIN(test_object_builder) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_null_members),
        cmocka_unit_test(test_set_and_read),
        cmocka_unit_test(test_fallbacks),
        cmocka_unit_test(gathered_names_are_sorted_and_the_last_wins),
        cmocka_unit_test(test_fill),
        cmocka_unit_test(test_differs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
