/* Schemas as JSON: order, flags, objects within objects, blocks. */
#include "provider_json.h"
#include "unit.h"

static const Attribute members[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "Its size."},
};
static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Its name."},
    {"disk", NULL, OPTIONAL | COMPUTED, "Disks.", NESTED(NEST_SET, members)},
    {"key", &TYPE_STRING, OPTIONAL | SENSITIVE | WRITE_ONLY | DEPRECATED, "A key."},
};
static const Block blocks[] = {
    {"rule", NEST_LIST, {SCHEMA_ATTRIBUTES(members), .description = "Rules."}, 1, 4},
};
static const Attribute marked[] = {
    {"text", &TYPE_STRING, OPTIONAL | MARKDOWN, "A *text*."},
};
static const Block group[] = {
    {.name = "one",
     .nesting = NEST_SINGLE,
     .schema = {SCHEMA_ATTRIBUTES(marked), .is_markdown = true, .deprecated = "Gone."},
     .is_group = true},
};
static const ResourceType thing = {
    .name = "p_thing",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), .version = 2},
};
static const ResourceType other = {.name = "p_other", .schema = {SCHEMA_BLOCKS(group)}};
static const ObjectType *const types[] = {&thing.type, &other.type};

static void test_json(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const Provider provider = {.name = "p", PROVIDER_TYPES(types)};
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    provider_json_write(&provider, NULL, NULL, &writer, arena);
    const char *plain = "\"description_kind\":\"plain\"";
    Str size = str_format(arena,
                          "{\"size\":{\"type\":\"number\",\"description\":\"Its size.\",%s,"
                          "\"required\":true}}",
                          plain);
    Str wanted = str_format(
        arena,
        "{\"provider\":{\"version\":0,\"block\":{%s}},\"resource_schemas\":{"
        "\"p_other\":{\"version\":0,\"block\":{\"block_types\":{\"one\":{\"nesting_mode\":"
        "\"group\","
        "\"block\":{\"attributes\":{\"text\":{\"type\":\"string\",\"description\":\"A *text*.\","
        "\"description_kind\":\"markdown\",\"optional\":true}},"
        "\"description_kind\":\"markdown\",\"deprecated\":true}}},%s}},"
        "\"p_thing\":{\"version\":2,\"block\":{\"attributes\":{"
        "\"disk\":{\"nested_type\":{\"attributes\":%.*s,\"nesting_mode\":\"set\"},"
        "\"description\":\"Disks.\",%s,\"optional\":true,\"computed\":true},"
        "\"key\":{\"type\":\"string\",\"description\":\"A key.\",%s,\"deprecated\":true,"
        "\"optional\":true,\"sensitive\":true,\"write_only\":true},"
        "\"name\":{\"type\":\"string\",\"description\":\"Its name.\",%s,\"required\":true}},"
        "\"block_types\":{\"rule\":{\"nesting_mode\":\"list\",\"block\":{\"attributes\":%.*s,"
        "\"description\":\"Rules.\",%s},\"min_items\":1,\"max_items\":4}},%s}}}}",
        plain, plain, STR_ARG(size), plain, plain, plain, STR_ARG(size), plain, plain);
    check_str(strbuf_str(&out), str_to_cstr(wanted, arena));
}

static const ProviderParameter parameters[] = {
    {"text", &TYPE_STRING, true, "A text."},
    {"more", &TYPE_NUMBER, false},
};
static const ProviderFunction found = {.name = "b",
                                       .parameters = parameters,
                                       .parameter_count = 1,
                                       .variadic = &parameters[1],
                                       .type = &TYPE_BOOL,
                                       .description = "Does b.",
                                       .summary = "B."};
static const ProviderFunction plain_function = {.name = "a", .type = &TYPE_BOOL};

static const ProviderFunction *find_function(const Provider *, Str name) {
    return str_equal(name, STR("b")) ? &found : str_equal(name, STR("a")) ? &plain_function : NULL;
}

/* Functions that are found by name are sorted; a damaged one is left out. */
static void test_functions(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const ProviderFunction names[] = {{.name = "b"}, {.name = "damaged"}, {.name = "a"}};
    const Provider provider = {
        .name = "p", PROVIDER_FUNCTIONS(names), .find_function = find_function};
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    provider_json_write(&provider, NULL, NULL, &writer, arena);
    check_str(strbuf_str(&out),
              "{\"provider\":{\"version\":0,\"block\":{\"description_kind\":\"plain\"}},"
              "\"functions\":{\"a\":{\"return_type\":\"bool\"},\"b\":{\"description\":\"Does b.\","
              "\"summary\":\"B.\",\"return_type\":\"bool\",\"parameters\":[{\"name\":\"text\","
              "\"description\":\"A text.\",\"is_nullable\":true,\"type\":\"string\"}],"
              "\"variadic_parameter\":{\"name\":\"more\",\"type\":\"number\"}}}}");
}

UNIT_MAIN(test_provider_json) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_json),
                                       cmocka_unit_test(test_functions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
