/* Types and schemas as JSON Schema. */
#include "json_schema.h"
#include "unit.h"

static Str type_text(const Type *type, const char *description, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    json_schema_write_type(&writer, type, description);
    return strbuf_str(&out);
}

static void test_types(void **) {
    static const struct {
        const Type *type;
        const char *description, *wanted;
    } cases[] = {
        {&TYPE_DYNAMIC, NULL, "{}"},
        {&TYPE_DYNAMIC, "Any", "{\"description\":\"Any\"}"},
        {&TYPE_STRING, NULL, "{\"$ref\":\"#/definitions/string\"}"},
        {&TYPE_BOOL, "On?",
         "{\"description\":\"On?\",\"allOf\":[{\"$ref\":\"#/definitions/bool\"}]}"},
        {&TYPE_LIST_OF_STRING, NULL,
         "{\"type\":[\"array\",\"string\",\"null\"],\"pattern\":\"[$%]\\\\{\","
         "\"items\":{\"$ref\":\"#/definitions/string\"}}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        check_str(type_text(cases[i].type, cases[i].description, arena), cases[i].wanted);
    }
}

static const Attribute members[] = {
    {"port", &TYPE_NUMBER, REQUIRED, "A port."},
};
static const Attribute attributes[] = {
    {"id", &TYPE_STRING, COMPUTED, "Not written by anybody."},
    {"name", &TYPE_DYNAMIC, REQUIRED, "Its name."},
    {"mode", &TYPE_STRING, OPTIONAL, "Its mode.", .one_of = "nat route"},
    {"card", NULL, OPTIONAL, "Cards.", NESTED(NEST_LIST, members)},
};
static const Block rule = {
    .name = "rule",
    .nesting = NEST_LIST,
    .schema = {SCHEMA_ATTRIBUTES(members), .description = "Rules."},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), .blocks = &rule, .block_count = 1};

static void test_body(void **) {
    static const char *const wanted[] = {
        "{\"t\":{\"description\":\"T.\",\"type\":\"object\",\"additionalProperties\":false,",
        "\"properties\":{\"name\":{\"description\":\"Its name.\"},",
        "\"mode\":{\"description\":\"Its mode.\",\"anyOf\":[{\"enum\":[\"nat\",\"route\"]},",
        "{\"$ref\":\"#/definitions/expression\"}]},",
        "\"card\":{\"description\":\"Cards.\",\"type\":[\"array\",\"string\",\"null\"],",
        "\"rule\":{\"description\":\"Rules.\",\"anyOf\":[{\"$ref\":\"#/definitions/t.rule\"},{",
        "\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/t.rule\"}}]}",
        "\"dynamic\":{",
        "\"required\":[\"name\"]}",
        "\"t.rule\":{\"description\":\"Rules.\"",
        "\"t.rule.dynamic\":{",
        "\"required\":[\"for_each\",\"content\"]}",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    json_object_start(&writer);
    json_schema_body_start(&writer, STR("t"), "T.");
    json_schema_body_end_typed(&writer, STR("t"), &schema, arena);
    json_object_end(&writer);
    Str text = strbuf_str(&out);
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        if (str_find(text, str_from_cstr(wanted[i]), 0) == SIZE_MAX)
            fail_msg("there is no %s in %.*s", wanted[i], STR_ARG(text));
    }
    assert_true(str_find(text, STR("\"id\""), 0) == SIZE_MAX);
}

static void test_use(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    json_schema_write_use(&writer, STR("t"), 1, "T.");
    const char *body = "{\"description\":\"T.\",\"anyOf\":[{\"$ref\":\"#/definitions/t\"},"
                       "{\"type\":\"array\",\"items\":{\"$ref\":\"#/definitions/t\"}}]}";
    Str wanted = str_format(arena,
                            "{\"description\":\"T.\",\"type\":[\"object\",\"array\",\"null\"],"
                            "\"additionalProperties\":%s,"
                            "\"items\":{\"type\":\"object\",\"additionalProperties\":%s}}",
                            body, body);
    check_str(strbuf_str(&out), str_to_cstr(wanted, arena));
}

UNIT_MAIN(test_json_schema) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_types),
        cmocka_unit_test(test_body),
        cmocka_unit_test(test_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
