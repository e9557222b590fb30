/* Prior object and configuration → the proposed object, as a table of JSON texts. */
#include "engine_case.h"

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

static Value object_of(const char *text, Arena *arena) {
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
        Value got = schema_propose(&schema, object_of(cases[i].prior, arena),
                                   object_of(cases[i].config, arena), arena);
        Value wanted = object_of(cases[i].wanted, arena);
        if (!value_equal(got, wanted))
            print_error("case %zu\n", i);
        check_str_equal(value_display(got, 0, arena), value_display(wanted, 0, arena));
    }
}

static void takes_unknowns_as_they_are(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value prior = object_of(cases[5].prior, arena);
    Value config = object_of(cases[5].config, arena);
    Path list = path_attribute((Path){0}, STR("list"), arena);
    Value unknown = value_unknown(attribute_implied_type(&attributes[5]));
    config = path_set(config, list, unknown, arena);
    Value got = schema_propose(&schema, prior, config, arena);
    assert_false(value_is_known(value_attribute(got, STR("list"))));
}

/* A path changes if only one of the objects has it, or if their values there differ. */
static void changes_at_paths(void **) {
    static const struct {
        const char *prior, *planned; /* JSON; "?": unknown */
        bool has_prior, has_planned, changes;
    } rows[] = {
        {"{\"k\":\"x\"}", "{\"k\":\"x\"}", true, true, false},
        {"{\"k\":\"x\"}", "{\"k\":\"y\"}", true, true, true},
        {"{\"k\":\"x\"}", "{}", true, false, true},
        {"{}", "{\"k\":\"y\"}", false, true, true},
        {"{}", "{}", false, false, true},
        {"{\"k\":null}", "{\"k\":null}", true, true, false},
        {"null", "{\"k\":\"y\"}", true, true, true},
        {"{\"k\":\"y\"}", "null", true, true, true},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    Path path = path_attribute((Path){0}, STR("k"), arena);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Value prior, found;
        PlanResponse response = {0};
        const char *error;
        size_t offset;
        assert_true(json_parse_any(str_from_cstr(rows[i].prior), &prior, &error, &offset, arena));
        assert_true(json_parse_any(str_from_cstr(rows[i].planned), &response.planned, &error,
                                   &offset, arena));
        assert_int_equal(path_get(prior, path, &found), rows[i].has_prior);
        assert_int_equal(path_get(response.planned, path, &found), rows[i].has_planned);
        if (propose_changes_at(prior, &response, path) != rows[i].changes)
            fail_msg("%s → %s", rows[i].prior, rows[i].planned);
    }
}

/* While a plan is made, the call knows whether a dependency changes before the object does. */
static void plans_await_changes(void **) {
    static const char text[] = "resource:\n"
                               "  fake_plain: {a: {name: a%s}}\n"
                               "  fake_thing: {b: {name: b, size: %d, depends_on: "
                               "[fake_plain.a]}}\n";
    EngineCase *c = engine_case_open();
    for (int i = 0; i < 4; i++) {
        bool replaces = i == 0 || i == 2;
        const char *name = i < 2 ? "" : "2";
        engine_case_config(c, str_to_cstr(str_format(c->arena, text, name, i), c->arena));
        c->world.awaits_changes = !replaces;
        c->options.is_preflight = i % 2 == 1;
        c->world.is_preflight = i % 2 == 0;
        engine_case_must(c, engine_case_plan(c));
        assert_int_equal(c->world.is_preflight, i % 2 == 1);
        c->options.is_preflight = false;
        if (c->world.awaits_changes != replaces)
            fail_msg("plan %d", i);
        c->world.awaits_changes = true;
        engine_case_must(c, engine_case_apply_plan(c));
        assert_false(c->world.awaits_changes);
    }
    engine_case_close(c);
}

UNIT_MAIN(test_propose) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposes),
        cmocka_unit_test(takes_unknowns_as_they_are),
        cmocka_unit_test(changes_at_paths),
        cmocka_unit_test(plans_await_changes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
