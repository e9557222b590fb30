/* Null members of newer blocks are omitted, others stay. */
#include "unit.h"

#include "json.h"
#include "schema.h"

static const Attribute inner[] = {
    {"any", &TYPE_DYNAMIC, OPTIONAL, "Anything."},
};
static const Attribute attributes[] = {
    {"a", &TYPE_STRING, OPTIONAL, "First."},
    {"z", &TYPE_DYNAMIC, OPTIONAL, "Anything."},
};
static const Block blocks[] = {
    {.name = "newer",
     .nesting = NEST_SINGLE,
     .schema = {SCHEMA_ATTRIBUTES(inner)},
     .since = "Terraform 9"},
    {.name = "old", .nesting = NEST_SINGLE, .schema = {SCHEMA_ATTRIBUTES(inner)}},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};
static const Schema older = {SCHEMA_ATTRIBUTES(attributes)};

static Value read(const char *json, const Schema *of, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = NULL;
    Value value;
    assert_true(json_read_typed(&reader, json_next(&reader), schema_implied_type(of), &value,
                                &error, arena));
    return value;
}

static void omits(void **state) {
    (void)state;
    static const struct {
        const char *given;
        const char *kept; /* as the state stores it */
    } cases[] = {
        {"{\"a\":\"x\"}", "{\"a\":\"x\",\"old\":null,\"z\":null}"},
        {"{\"a\":null,\"newer\":null,\"old\":{\"any\":null}}",
         "{\"a\":null,\"old\":{\"any\":null},\"z\":null}"},
        {"{\"z\":{\"value\":1,\"type\":\"number\"}}",
         "{\"a\":null,\"old\":null,\"z\":{\"value\":1,\"type\":\"number\"}}"},
        {"{\"newer\":{\"any\":{\"value\":1,\"type\":\"number\"}}}",
         "{\"a\":null,\"newer\":{\"any\":{\"value\":1,\"type\":\"number\"}},\"old\":null,\"z\":"
         "null}"},
        {"{\"newer\":{}}", "{\"a\":null,\"newer\":{\"any\":null},\"old\":null,\"z\":null}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const Type *type = schema_implied_type(&schema);
        Value kept = schema_omit_newer(&schema, read(cases[i].given, &schema, arena), &type, arena);
        check_str(json_typed_text(kept, type, arena), cases[i].kept);
        assert_int_equal(kept.count, type->count);
    }
}

static void keeps_types_and_marks(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    const Type *type = schema_implied_type(&schema);
    Value sensitive = value_with_marks(value_from_str(STR("s")), MARK_SENSITIVE);
    Value object = read("{\"a\":\"s\"}", &schema, arena);
    Value *items = value_copy_items(object, arena);
    items[type_get_attribute(type, STR("a"))] = sensitive;
    object = value_with_marks(value_with_items(object, items, arena), MARK_EPHEMERAL);
    Value kept = schema_omit_newer(&schema, object, NULL, arena);
    assert_true(value_has_mark(kept, MARK_EPHEMERAL));
    assert_true(value_identical(value_attribute(kept, STR("a")), sensitive));
    assert_true(value_has_marks_anywhere(kept));
    Value none[] = {value_unknown(type), value_null(type)};
    for (size_t i = 0; i < ARRAY_COUNT(none); i++) {
        kept = schema_omit_newer(&schema, none[i], NULL, arena);
        assert_int_equal(kept.state, none[i].state);
        assert_false(type_find_attribute(kept.type, STR("newer"), &(size_t){0}));
        assert_true(type_find_attribute(kept.type, STR("old"), &(size_t){0}));
    }
}

static void returns_other_objects_unchanged(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const Type *type = schema_implied_type(&older);
    Value object = read("{\"a\":\"x\"}", &older, arena);
    Value kept = schema_omit_newer(&older, object, &type, arena);
    assert_ptr_equal(kept.type, object.type);
    assert_ptr_equal(type, schema_implied_type(&older));
    assert_true(value_identical(kept, object));
}

UNIT_MAIN(test_schema_newer) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(omits),
        cmocka_unit_test(keeps_types_and_marks),
        cmocka_unit_test(returns_other_objects_unchanged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
