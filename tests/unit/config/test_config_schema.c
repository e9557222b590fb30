/* Every row of meanings describes an argument or block that a decoder reads; the document is
 * complete. */
#include "config_schema.h"

#include "json.h"
#include "unit.h"

static void collect(const ConfigShape *shape, Str path, StrVec *out, Arena *arena) {
    vec_each(&shape->attributes, attribute) {
        vec_push(arena, out, str_format(arena, "%.*s.%s", STR_ARG(path), attribute->name));
    }
    vec_each(&shape->blocks, block) {
        Str inner = str_format(arena, "%.*s.%s", STR_ARG(path), (*block)->name);
        vec_push(arena, out, inner);
        collect(*block, inner, out, arena);
    }
}

static bool is_about_something(const StrVec *paths, const char *meaning) {
    Str wanted = str_from_cstr(meaning);
    vec_each(paths, path) {
        if (str_equal(str_after(*path, 1), wanted) ||
            (meaning[0] == '.' && str_ends_with(*path, wanted)))
            return true;
    }
    return false;
}

static void test_meanings(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrVec paths = {0};
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    collect(config_probe(CONFIG_FILE_MODULE, functions, arena), STR_EMPTY, &paths, arena);
    collect(config_probe(CONFIG_FILE_QUERY, functions, arena), STR_EMPTY, &paths, arena);
    for (size_t i = 0; config_schema_meaning(i); i++) {
        if (!is_about_something(&paths, config_schema_meaning(i)))
            fail_msg("no decoder reads %s", config_schema_meaning(i));
    }
}

static const Attribute attributes[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "Its size."},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), .description = "A thing."};

static void test_document(void **) {
    static const char *const wanted[] = {
        "\"p_thing\": {\n          \"description\": \"A thing.\"",
        "\"$ref\": \"#/definitions/resource.p_thing\"",
        "\"description\": \"Its size.\"",
        "\"$ref\": \"#/definitions/resource.lifecycle\"",
        "\"provider.p\": {",
        "\"terraform.backend.b\": {",
        "\"check.data.p_thing\": {",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    ConfigTypes types = {0};
    Value value;
    const char *error;
    size_t offset;
    vec_push(arena, &types, ((ConfigType){CONFIG_TYPE_RESOURCE, "p_thing", &schema, "A thing."}));
    vec_push(arena, &types, ((ConfigType){CONFIG_TYPE_DATA, "p_thing", &schema, "A thing."}));
    vec_push(arena, &types, ((ConfigType){CONFIG_TYPE_PROVIDER, "p", &schema, "A p."}));
    vec_push(arena, &types, ((ConfigType){CONFIG_TYPE_BACKEND, "b", &schema, "A b."}));
    Str text =
        config_schema_write(CONFIG_FILE_MODULE, function_table_new(NULL, 0, arena), &types, arena);
    assert_true(json_parse_any(text, &value, &error, &offset, arena));
    for (size_t i = 0; i < ARRAY_COUNT(wanted); i++) {
        if (str_find(text, str_from_cstr(wanted[i]), 0) == SIZE_MAX)
            fail_msg("there is no %s", wanted[i]);
    }
    assert_true(str_find(text, STR("resource.locals"), 0) == SIZE_MAX);
}

UNIT_MAIN(test_config_schema) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_meanings),
        cmocka_unit_test(test_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
