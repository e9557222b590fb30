/* Rules across the arguments of one object: each kind, unknown values, positions. */
#include "schema_rule.h"
#include "unit.h"

#include "json.h"

/* clang-format off */
static const Attribute inner_attributes[] = {
    {"id",   &TYPE_STRING, OPTIONAL, "One."    },
    {"path", &TYPE_STRING, OPTIONAL, "Another."},
};
static const ArgumentRule inner_rules[] = {
    {RULE_EXACTLY_ONE, {"id", "path"}}
};
static const Attribute attributes[] = {
    {"a",            &TYPE_STRING,                                       OPTIONAL,                                         "A."},
    {"b",            &TYPE_STRING,                                       OPTIONAL,                                         "B."},
    {"c",            &TYPE_STRING,                                       OPTIONAL,                                         "C."},
    {"mode",         &TYPE_STRING,                                       OPTIONAL,                                         "M."},
    {.name = "base", .flags = OPTIONAL, .nested = NESTED_WITH(NEST_SINGLE, inner_attributes,                  inner_rules)       },
    {.name = "disk", .flags = OPTIONAL, .nested = NESTED_WITH(NEST_LIST,   inner_attributes,                  inner_rules)       },
};
static const Block blocks[] = {
    {.name = "port", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(inner_attributes)}},
};
static const ArgumentRule rules[] = {
    {RULE_CONFLICTS,     {"a", "b", "port"}          },
    {RULE_AT_LEAST_ONE,  {"a", "b", "c", "base.path"}},
    {RULE_REQUIRED_WITH, {"mode", "c", "base.id"}    },
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks),
                              SCHEMA_RULES(rules)};
/* clang-format on */

static Value object_of(const char *json, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = NULL;
    Value value;
    if (!json_read_typed(&reader, json_next(&reader), schema_implied_type(&schema), &value, &error,
                         arena))
        fail_msg("%s: %s", json, error);
    return value;
}

static Str found(Value object, Arena *arena) {
    Diags diags = diags_new(arena);
    StrBuf out = strbuf_new(arena);
    bool ok = schema_validate(&schema, object, arena, &diags);
    assert_int_equal(ok, diags.count == 0);
    vec_each(&diags, diag) {
        strbuf_add_format(&out, "%.*s %.*s\n", STR_ARG(diag->path), STR_ARG(diag->detail));
    }
    return strbuf_str(&out);
}

/* clang-format off */
static void each_kind(void **) {
    static const struct {
        const char *json, *wanted;
    } cases[] = {
        {"{\"a\":\"x\"}",                                                                    ""                                              },
        {"{\"a\":\"x\",\"b\":\"y\"}",
         ".b \"a\" and \"b\" cannot be combined: keep one of them and remove the rest.\n"                                                    },
        {"{\"a\":\"x\",\"port\":[]}",                                                        ""                                              },
        {"{\"a\":\"x\",\"port\":[{}]}",
         ".port \"a\" and \"port\" cannot be combined: keep one of them and remove the rest.\n"                                              },
        {"{}",                                                                               " At least one of \"a\", \"b\", \"c\" and \"base.path\" must be set.\n"},
        {"{\"base\":{\"path\":\"p\"}}",                                                      ""                                              },
        {"{\"a\":\"x\",\"mode\":\"m\",\"c\":\"c\"}",
         ".mode \"mode\" requires \"base.id\", which is not set: set both, or neither.\n"                                                       },
        {"{\"mode\":\"m\",\"c\":\"c\",\"base\":{\"id\":\"i\"}}",                             ""                                              },
        {"{\"c\":\"c\",\"disk\":[{\"id\":\"i\"},{}]}",
         ".disk[1] Exactly one of \"disk[1].id\" and \"disk[1].path\" must be set.\n"                                                                                                                             },
        {"{\"c\":\"c\",\"disk\":[{\"id\":\"i\",\"path\":\"p\"}]}",
         ".disk[0].path \"disk[0].id\" and \"disk[0].path\" cannot be combined: keep one of them and remove the rest.\n"                                                                                                       },
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        check_str(found(object_of(cases[i].json, arena), arena), cases[i].wanted);
}
/* clang-format on */

/* An unknown value may turn out to be null, or not. */
static void unknown_values_break_nothing(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value unknown = value_unknown(&TYPE_STRING);
    Path a = path_attribute((Path){0}, STR("a"), arena);
    Path mode = path_attribute((Path){0}, STR("mode"), arena);
    Path id = path_attribute(path_attribute((Path){0}, STR("base"), arena), STR("id"), arena);
    check_str(found(path_set(object_of("{}", arena), a, unknown, arena), arena), "");
    check_str(found(path_set(object_of("{\"b\":\"x\"}", arena), a, unknown, arena), arena), "");
    check_str(found(path_set(object_of("{\"a\":\"x\"}", arena), mode, unknown, arena), arena), "");
    Value both = object_of("{\"a\":\"x\",\"base\":{\"path\":\"p\"}}", arena);
    check_str(found(path_set(both, id, unknown, arena), arena), "");
}

static void names_and_sentences(void **) {
    static const ArgumentRule wrong = {RULE_CONFLICTS, {"a", "base.nothing"}};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rules); i++)
        assert_null(schema_rule_unknown_name(&schema, &rules[i]));
    assert_string_equal(schema_rule_unknown_name(&schema, &wrong), "base.nothing");
    check_str(schema_rule_text(&rules[0], arena), "At most one of `a`, `b` and `port` may be set.");
    check_str(schema_rule_text(&rules[2], arena), "`mode` needs `c` and `base.id`.");
}

UNIT_MAIN(test_schema_rule) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind),
        cmocka_unit_test(unknown_values_break_nothing),
        cmocka_unit_test(names_and_sentences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
