/* Proposed objects: what each member takes from the configuration and from the prior object. */
#include "type_case.h"

#include "schema.h"

static const Attribute item_attributes[] = {
    {"k", &TYPE_STRING, OPTIONAL, "Key."},
    {"c", &TYPE_STRING, COMPUTED, "Computed."},
    {"o", &TYPE_STRING, OPTIONAL | COMPUTED, "Either."},
};

static const Block blocks[] = {
    {.name = "block", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(item_attributes)}},
};

static const Attribute attributes[] = {
    {"a", &TYPE_STRING, OPTIONAL, "Text."},
    {"b", &TYPE_STRING, OPTIONAL | COMPUTED, "Either."},
    {"id", &TYPE_STRING, COMPUTED, "Computed."},
    {"list", NULL, OPTIONAL, "List.", NESTED(NEST_LIST, item_attributes)},
    {"map", NULL, OPTIONAL, "Map.", NESTED(NEST_MAP, item_attributes)},
    {"set", NULL, OPTIONAL, "Set.", NESTED(NEST_SET, item_attributes)},
    {"one", NULL, OPTIONAL, "Object.", NESTED(NEST_SINGLE, item_attributes)},
    {"any", NULL, OPTIONAL | COMPUTED, "Object.", NESTED(NEST_SINGLE, item_attributes)},
    {"anys", NULL, OPTIONAL | COMPUTED, "List.", NESTED(NEST_LIST, item_attributes)},
    {"given", NULL, COMPUTED, "Object.", NESTED(NEST_SINGLE, item_attributes)},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

static Value object(const char *quoted) {
    JsonReader reader = json_reader_new(with_quotes(quoted), arena);
    const char *error = "";
    Value value;
    JsonToken token = json_next(&reader);
    if (!json_read_typed(&reader, token, schema_implied_type(&schema), &value, &error, arena))
        fail_msg("%s: %s", quoted, error);
    return schema_apply_defaults(&schema, value, arena);
}

static void proposals(void **) {
    static const struct {
        const char *prior, *config, *wanted;
    } cases[] = {
        {"null", "{'a':'1'}", "{'a':'1'}"},
        {"{'a':'1','b':'2','id':'3'}", "null", "null"},
        {"{'a':'1','b':'2','id':'3'}", "{}", "{'b':'2','id':'3'}"},
        {"{'a':'1','b':'2','id':'3'}", "{'a':'4','b':'5'}", "{'a':'4','b':'5','id':'3'}"},
        /* By index, by key. */
        {"{'list':[{'k':'1','c':'2'},{'k':'3','c':'4'}]}", "{'list':[{'k':'5'}]}",
         "{'list':[{'k':'5','c':'2'}]}"},
        {"{'list':[{'k':'1','c':'2'}]}", "{'list':[{'k':'1'},{'k':'3'}]}",
         "{'list':[{'k':'1','c':'2'},{'k':'3'}]}"},
        {"{'list':[{'k':'1','c':'2'}]}", "{}", "{}"},
        {"{'map':{'x':{'k':'1','c':'2'},'y':{'k':'3','c':'4'}}}", "{'map':{'y':{'k':'5'},'z':{}}}",
         "{'map':{'y':{'k':'5','c':'4'},'z':{}}}"},
        {"{'one':{'k':'1','c':'2'}}", "{'one':{'k':'5'}}", "{'one':{'k':'5','c':'2'}}"},
        {"{'one':{'k':'1','c':'2'}}", "{}", "{}"},
        {"{}", "{'one':{'k':'5'}}", "{'one':{'k':'5'}}"},
        {"{'block':[{'k':'1','c':'2'}]}", "{'block':[{'k':'5'},{'k':'6'}]}",
         "{'block':[{'k':'5','c':'2'},{'k':'6'}]}"},
        /* An element of a set by the arguments that it sets, each prior one once. */
        {"{'set':[{'k':'1','c':'2'},{'k':'3','c':'4'}]}", "{'set':[{'k':'3'},{'k':'5'}]}",
         "{'set':[{'k':'3','c':'4'},{'k':'5'}]}"},
        {"{'set':[{'k':'1','c':'2','o':'3'}]}", "{'set':[{'k':'1','o':'3'}]}",
         "{'set':[{'k':'1','c':'2','o':'3'}]}"},
        {"{'set':[{'k':'1','c':'2','o':'3'}]}", "{'set':[{'k':'1','o':'4'}]}",
         "{'set':[{'k':'1','o':'4'}]}"},
        {"{'set':[{'k':'1','c':'2','o':'3'}]}", "{'set':[{'k':'1'}]}",
         "{'set':[{'k':'1','c':'2','o':'3'}]}"},
        {"{'set':[{'k':'1','c':'2'}]}", "{'set':[{'k':'1'},{'k':'1','o':'x'}]}",
         "{'set':[{'k':'1','c':'2'},{'k':'1','o':'x'}]}"},
        {"{'set':[{'c':'2'},{'c':'3'}]}", "{'set':[{}]}", "{'set':[{'c':'2'}]}"},
        /* An absent element is like no other. */
        {"{'set':[{'k':'1','c':'2'}]}", "{'set':[null]}", "{'set':[null]}"},
        {"{'set':[null]}", "{'set':[{}]}", "{'set':[{}]}"},
        {"{'set':[null,{'k':'1','c':'2'}]}", "{'set':[null,{'k':'1'}]}",
         "{'set':[null,{'k':'1','c':'2'}]}"},
        /* A computed object stays, unless it has parts of a former configuration. */
        {"{'any':{'c':'2'}}", "{}", "{'any':{'c':'2'}}"},
        {"{'any':{'o':'2'}}", "{}", "{'any':{'o':'2'}}"},
        {"{'any':{'k':'1','c':'2'}}", "{}", "{}"},
        {"{'any':{'k':'1','c':'2'}}", "{'any':{}}", "{'any':{'c':'2'}}"},
        {"{'anys':[{'c':'2'}]}", "{}", "{'anys':[{'c':'2'}]}"},
        {"{'anys':[{'c':'2'},{'k':'1'}]}", "{}", "{}"},
        {"{'anys':[{'k':'1'},{'c':'2'}]}", "{}", "{}"},
        {"{'anys':[]}", "{}", "{'anys':[]}"},
        {"{'given':{'k':'1'}}", "{}", "{'given':{'k':'1'}}"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value found =
            schema_propose(&schema, object(cases[i].prior), object(cases[i].config), arena);
        if (!value_equal(found, object(cases[i].wanted)))
            fail_msg("%zu: %.*s", i, STR_ARG(value_display(found, 0, arena)));
    }
}

UNIT_MAIN(test_schema_propose) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proposals),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
