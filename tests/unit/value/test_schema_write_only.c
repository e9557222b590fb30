/* Write-only arguments are removed from a value at any depth. */
#include "unit.h"

#include "json.h"
#include "schema.h"

static const Attribute inner[] = {
    {"a", &TYPE_STRING, OPTIONAL, "Kept."},
    {"w", &TYPE_STRING, OPTIONAL | WRITE_ONLY, "Not kept."},
};
static const Attribute attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Kept."},
    {"token", &TYPE_STRING, OPTIONAL | WRITE_ONLY, "Not kept."},
    {"map", &TYPE_MAP_OF_STRING, OPTIONAL | WRITE_ONLY, "Not kept."},
    {.name = "list", .flags = OPTIONAL, .nested = NESTED(NEST_LIST, inner)},
};
static const Block blocks[] = {
    {.name = "one", .nesting = NEST_SINGLE, .schema = {SCHEMA_ATTRIBUTES(inner)}},
    {.name = "many", .nesting = NEST_MAP, .schema = {SCHEMA_ATTRIBUTES(inner)}},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

static Value read(const char *json, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = NULL;
    Value value;
    assert_true(json_read_typed(&reader, json_next(&reader), schema_implied_type(&schema), &value,
                                &error, arena));
    return value;
}

static void drops(void **) {
    static const struct {
        const char *given;
        const char *kept;
    } cases[] = {
        {"null", "null"},
        {"{\"name\": \"n\", \"token\": \"t\", \"map\": {\"k\": \"v\"}}", "{\"name\": \"n\"}"},
        {"{\"list\": [{\"a\": \"x\", \"w\": \"y\"}, {\"w\": \"z\"}]}",
         "{\"list\": [{\"a\": \"x\"}, {}]}"},
        {"{\"one\": {\"a\": \"x\", \"w\": \"y\"}}", "{\"one\": {\"a\": \"x\"}}"},
        {"{\"many\": {\"k\": {\"a\": \"x\", \"w\": \"y\"}}}",
         "{\"many\": {\"k\": {\"a\": \"x\"}}}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Value kept = schema_drop_write_only(&schema, read(cases[i].given, arena), arena);
        if (!value_equal(kept, read(cases[i].kept, arena)))
            fail_msg("%s: %.*s", cases[i].given, STR_ARG(value_display(kept, 0, arena)));
    }
}

static Path path_of(const char *const *names, Arena *arena) {
    Path path = {0};
    for (; *names; names++) {
        path = strcmp(*names, "[]") == 0 ? path_index(path, value_int(0), arena)
                                         : path_attribute(path, str_from_cstr(*names), arena);
    }
    return path;
}

static void knows_paths(void **) {
    static const struct {
        const char *names[4];
        bool is_write_only;
    } cases[] = {
        {{"name"}, false},           {{"token"}, true},
        {{"map", "[]"}, true},       {{"list", "[]", "a"}, false},
        {{"list", "[]", "w"}, true}, {{"one", "w"}, true},
        {{"many", "[]", "w"}, true}, {{"many"}, false},
        {{"nothing"}, false},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Path path = path_of(cases[i].names, arena);
        if (schema_is_write_only(&schema, path) != cases[i].is_write_only)
            fail_msg("%.*s", STR_ARG(path_to_str(path, arena)));
    }
}

UNIT_MAIN(test_schema_write_only) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drops),
        cmocka_unit_test(knows_paths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
