/* The object of a data source before its read: what the provider may set is unknown. */
#include "unit.h"

#include "instance.h"
#include "json.h"

static const Attribute item_attributes[] = {
    {"k", &TYPE_STRING, OPTIONAL, "Key."},
    {"c", &TYPE_STRING, COMPUTED, "Computed."},
};

static const Block blocks[] = {
    {.name = "many", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(item_attributes)}},
};

static const Attribute attributes[] = {
    {"a", &TYPE_STRING, OPTIONAL, "Text."},
    {"b", &TYPE_STRING, OPTIONAL | COMPUTED, "Either."},
    {"c", &TYPE_STRING, COMPUTED, "Computed."},
    {"d", &TYPE_LIST_OF_STRING, OPTIONAL | COMPUTED, "Either."},
    {"z", &TYPE_STRING, COMPUTED, "Computed."},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

static void unknown_until_read(void **) {
    static const struct {
        const char *config, *wanted;
    } rows[] = {
        {"{}", "{a = null, b = (known after apply), c = (known after apply), d = (known after "
               "apply), many = [], z = (known after apply)}"},
        {"{\"a\":\"1\",\"b\":\"2\"}",
         "{a = \"1\", b = \"2\", c = (known after apply), d = (known after apply), many = [], z = "
         "(known after apply)}"},
        {"{\"d\":[\"x\"],\"many\":[{\"k\":\"1\"},{}]}",
         "{a = null, b = (known after apply), c = (known after apply), d = [\"x\"], many = [{c = "
         "(known after apply), k = \"1\"}, {c = (known after apply), k = null}], z = (known after "
         "apply)}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        JsonReader reader = json_reader_new(str_from_cstr(rows[i].config), arena);
        const char *error = "";
        Value config;
        assert_true(json_read_typed(&reader, json_next(&reader), schema_implied_type(&schema),
                                    &config, &error, arena));
        config = schema_fill_blocks(&schema, config, arena);
        InstanceOp op = {.schema = &schema, .scratch = arena};
        check_str(value_display(deferred_read_object(&op, config), 0, arena), rows[i].wanted);
    }
}

UNIT_MAIN(test_deferred_read) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_until_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
