/* Prior object and configuration → the proposed object, as a table of JSON texts. */
#include "unit.h"

#include "convert.h"
#include "json.h"
#include "propose.h"

static const Attribute item_attributes[] = {
    {"k", &TYPE_STRING, REQUIRED, "Key."},
    {"v", &TYPE_STRING, OPTIONAL, "Value."},
    {"c", &TYPE_STRING, COMPUTED, "Computed."},
    {"oc", &TYPE_STRING, OPTIONAL | COMPUTED, "Either."},
};

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name."},
    {"opt", &TYPE_STRING, OPTIONAL, "Optional."},
    {"comp", &TYPE_STRING, COMPUTED, "Computed."},
    {"both", &TYPE_STRING, OPTIONAL | COMPUTED, "Either."},
    {"one", NULL, OPTIONAL, "One.", NESTED(NEST_SINGLE, item_attributes)},
    {"list", NULL, OPTIONAL, "List.", NESTED(NEST_LIST, item_attributes)},
    {"set", NULL, OPTIONAL, "Set.", NESTED(NEST_SET, item_attributes)},
    {"map", NULL, OPTIONAL, "Map.", NESTED(NEST_MAP, item_attributes)},
    {"auto", NULL, OPTIONAL | COMPUTED, "Filled in.", NESTED(NEST_SINGLE, item_attributes)},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

typedef struct ProposeCase {
    const char *prior;
    const char *config;
    const char *wanted;
} ProposeCase;

#define ITEM(k, v, c, oc) "{\"k\":\"" k "\",\"v\":" v ",\"c\":" c ",\"oc\":" oc "}"

/* clang-format off */
static const ProposeCase cases[] = {
    {"null",        "{\"name\":\"a\"}",     "{\"name\":\"a\"}"                  },
    { "{\"name\":\"a\",\"comp\":\"x\",\"both\":\"y\",\"opt\":\"z\"}", "{\"name\":\"b\"}",
     "{\"name\":\"b\",\"comp\":\"x\",\"both\":\"y\"}"},
    {                                             "{\"name\":\"a\",\"both\":\"y\"}",                                                                   "{\"name\":\"a\",\"both\":\"w\"}",
     "{\"name\":\"a\",\"both\":\"w\"}"                                        },
    {                                  "{\"name\":\"a\",\"one\":" ITEM("k",                                                                                          "null",                                                                                                                                                           "\"c\"",                                             "\"o\"") "}",
     "{\"name\":\"a\",\"one\":" ITEM("l", "\"v\"", "null", "null") "}",
     "{\"name\":\"a\",\"one\":" ITEM("l", "\"v\"", "\"c\"", "\"o\"") "}"},
    {                                             "{\"name\":\"a\",\"one\":" ITEM("k",                            "null",                                                                       "\"c\"",                                                          "\"o\"") "}", "{\"name\":\"a\"}",
     "{\"name\":\"a\"}"},
    {                                                          "{\"name\":\"a\",\"list\":[" ITEM("k",                          "null",                                                                       "\"c\"",                               "null") "]}",
     "{\"name\":\"a\",\"list\":[" ITEM("x", "null", "null", "null") "," ITEM(
         "y", "null", "null", "null") "]}",
     "{\"name\":\"a\",\"list\":[" ITEM("x", "null", "\"c\"", "null") "," ITEM(
         "y", "null", "null", "null") "]}"},
    {                         "{\"name\":\"a\",\"map\":{\"p\":" ITEM("k",                                                                            "null",                                                                                                                                                  "\"c\"",                               "null") "}}",
     "{\"name\":\"a\",\"map\":{\"p\":" ITEM("k", "null", "null", "null") ",\"q\":" ITEM(
         "k", "null", "null", "null") "}}",
     "{\"name\":\"a\",\"map\":{\"p\":" ITEM("k", "null", "\"c\"", "null") ",\"q\":" ITEM(
         "k", "null", "null", "null") "}}"},
    {                        "{\"name\":\"a\",\"set\":[" ITEM("k",                                                                           "\"1\"",                                                                                                                                                 "\"c1\"",                  "null") "," ITEM(
         "k", "\"2\"", "\"c2\"", "null") "]}",
     "{\"name\":\"a\",\"set\":[" ITEM("k", "\"2\"", "null", "null") "," ITEM(
         "k", "\"3\"", "null", "null") "]}",
     "{\"name\":\"a\",\"set\":[" ITEM("k", "\"2\"", "\"c2\"", "null") "," ITEM(
         "k", "\"3\"", "null", "null") "]}"},
 /* Set by the provider: kept, unless the configuration set part of it before. */
    {"{\"name\":\"a\",\"auto\":{\"k\":null,\"v\":null,\"c\":\"c\",\"oc\":null}}",
     "{\"name\":\"a\"}","{\"name\":\"a\",\"auto\":{\"k\":null,\"v\":null,\"c\":\"c\",\"oc\":null}}"                                               },
    {                                          "{\"name\":\"a\",\"auto\":" ITEM("k",                                                                                                  "null",                                                                                                                                                                  "\"c\"",                                               "null") "}", "{\"name\":\"a\"}",
     "{\"name\":\"a\"}"},
};
/* clang-format on */

static Value read(const char *text, Arena *arena) {
    const Type *type = schema_implied_type(&schema);
    Value raw;
    JsonReader reader = json_reader_new(str_from_cstr(text), arena);
    JsonToken token = json_next(&reader);
    if (token == JSON_NULL)
        return value_null(type);
    assert_true(json_read_any(&reader, token, &raw, arena));
    Value *items = arena_new_array(arena, Value, ARRAY_COUNT(attributes));
    for (size_t i = 0; i < ARRAY_COUNT(attributes); i++) {
        Str name = str_from_cstr(attributes[i].name);
        size_t index = 0;
        assert_true(type_find_attribute(type, name, &index));
        const Type *wanted = attribute_implied_type(&attributes[i]);
        Value found = value_null(wanted);
        ConvertError why;
        if (value_find(raw, name, &found))
            assert_true(convert_value(found, wanted, &found, &why, arena));
        items[index] = found;
    }
    return value_object_of(type, items);
}

static void proposes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value got = schema_propose(&schema, read(cases[i].prior, arena),
                                   read(cases[i].config, arena), arena);
        Value wanted = read(cases[i].wanted, arena);
        if (!value_equal(got, wanted))
            print_error("case %zu\n", i);
        check_str_equal(value_display(got, 0, arena), value_display(wanted, 0, arena));
    }
}

static void takes_unknowns_as_they_are(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value prior = read(cases[5].prior, arena);
    Value config = read(cases[5].config, arena);
    Path list = path_attribute((Path){0}, STR("list"), arena);
    Value unknown = value_unknown(attribute_implied_type(&attributes[5]));
    config = path_set(config, list, unknown, arena);
    Value got = schema_propose(&schema, prior, config, arena);
    assert_false(value_is_known(value_attribute(got, STR("list"))));
}

UNIT_MAIN(test_propose) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposes),
        cmocka_unit_test(takes_unknowns_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
