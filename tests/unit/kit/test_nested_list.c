/* nested_list: lists with null items are read, and lists are built. */
#include "nested_list.h"

#include "unit.h"

static const Attribute items[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name."},
};
static const NestedObject item = {NESTED_OBJECT(NEST_LIST, items)};
static const Attribute attributes[] = {
    {"texts", &TYPE_LIST_OF_STRING, OPTIONAL, "Texts."},
    {.name = "objects", .flags = OPTIONAL, .description = "Objects.", .nested = &item},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

static void no_list_has_no_items(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectBuilder builder = object_builder_empty(&schema, arena);
    Value object = object_builder_value(&builder);
    assert_int_equal(nested_list_count(object, "objects"), 0);
    assert_int_equal(nested_list_texts(object, "texts", arena).count, 0);
    builder = object_builder_of(object, arena);
    object_builder_set(&builder, "texts", value_unknown(&TYPE_LIST_OF_STRING));
    assert_int_equal(nested_list_count(object_builder_value(&builder), "texts"), 0);
}

static void texts_without_null_and_unknown(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ValueVec values = {0};
    vec_push(arena, &values, value_from_cstr("a"));
    vec_push(arena, &values, value_null(&TYPE_STRING));
    vec_push(arena, &values, value_unknown(&TYPE_STRING));
    vec_push(arena, &values, value_from_cstr("b"));
    ObjectBuilder builder = object_builder_empty(&schema, arena);
    object_builder_set(&builder, "texts", nested_list_value(&TYPE_LIST_OF_STRING, &values, arena));
    Value object = object_builder_value(&builder);
    assert_int_equal(nested_list_count(object, "texts"), 4);
    StrVec texts = nested_list_texts(object, "texts", arena);
    assert_int_equal(texts.count, 2);
    check_str(texts.items[1], "b");
    check_str(value_display(nested_list_of_texts(&texts, arena), 0, arena), "[\"a\", \"b\"]");
}

static void objects_by_position(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ObjectBuilder builder = object_builder_empty(&schema, arena);
    const Type *element = nested_list_element(builder.type, "objects");
    ValueVec values = {0};
    for (int i = 0; i < 2; i++) {
        ObjectBuilder one = object_builder_null(element, arena);
        object_builder_set_copy(&one, "name", i ? "second" : "first", arena);
        vec_push(arena, &values, object_builder_value(&one));
    }
    const Type *type = object_attribute_type(builder.type, "objects");
    object_builder_set(&builder, "objects", nested_list_value(type, &values, arena));
    Value object = object_builder_value(&builder);
    assert_int_equal(nested_list_count(object, "objects"), 2);
    check_str(object_text(nested_list_at(object, "objects", 1), "name", STR_EMPTY), "second");
}

UNIT_MAIN(test_nested_list) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_list_has_no_items),
        cmocka_unit_test(texts_without_null_and_unknown),
        cmocka_unit_test(objects_by_position),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
