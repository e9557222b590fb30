/* The configuration of an existing object: what a configuration cannot or need not set is null. */
#include "arena_case.h"

#include "json.h"
#include "resource_type.h"

static const Attribute member_attributes[] = {
    {"id", &TYPE_STRING, OPTIONAL | COMPUTED, "."},
    {"made", &TYPE_STRING, COMPUTED, "."},
    {"needed", &TYPE_STRING, REQUIRED, "."},
};
static const Attribute attributes[] = {
    {"empty", &TYPE_STRING, OPTIONAL, "."},
    {"id", &TYPE_STRING, OPTIONAL | COMPUTED, "."},
    {"list", NULL, OPTIONAL, ".", NESTED(NEST_LIST, member_attributes)},
    {"made", &TYPE_NUMBER, COMPUTED, "."},
    {"needed", &TYPE_STRING, REQUIRED, "."},
    {"old", &TYPE_STRING, OPTIONAL | DEPRECATED, "."},
    {"one", NULL, OPTIONAL, ".", NESTED(NEST_SINGLE, member_attributes)},
    {"set", &TYPE_STRING, OPTIONAL | COMPUTED, "."},
};
static const Block blocks[] = {
    {.name = "disk", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(member_attributes)}},
    {.name = "former",
     .nesting = NEST_LIST,
     .schema = {SCHEMA_ATTRIBUTES(member_attributes), .deprecated = "."}},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

static Str generated(const char *json) {
    const char *error;
    Value object;
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    if (!json_read_typed(&reader, json_next(&reader), schema_implied_type(&schema), &object, &error,
                         arena))
        fail_msg("%s", error);
    json_writer_init(&writer, &text, 0);
    json_write_value(&writer, generated_config(&schema, object, arena));
    return strbuf_str(&text);
}

static void omits(void **) {
#define MEMBER(id, made) "{\"id\":" id ",\"made\":" made ",\"needed\":\"n\"}"
    check_str(
        generated("{\"empty\":\"\",\"id\":\"1\",\"list\":[" MEMBER(
            "\"2\"",
            "\"m\"") "],"
                     "\"made\":3,\"needed\":\"\",\"old\":\"o\",\"one\":" MEMBER(
                         "\"\"",
                         "\"m\"") ",\"set\":\"s\",\"disk\":[" MEMBER("\"4\"",
                                                                     "\"m\"") "],\"former\":"
                                                                              "[" MEMBER(
                                                                                  "\"5\"",
                                                                                  "\"m\"") "]}"),
        "{\"disk\":[" MEMBER(
            "\"4\"", "null") "],\"empty\":null,\"former\":null,\"id\":null,"
                             "\"list\":[" MEMBER(
                                 "\"2\"", "null") "],\"made\":null,\"needed\":\"\",\"old\":null,"
                                                  "\"one\":" MEMBER("null",
                                                                    "null") ",\"set\":\"s\"}");
    check_str(generated("null"),
              "{\"disk\":[],\"empty\":null,\"former\":[],\"id\":null,\"list\":null,\"made\":null,"
              "\"needed\":null,\"old\":null,\"one\":null,\"set\":null}");
}

UNIT_MAIN(test_generated_config) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(omits)};
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
