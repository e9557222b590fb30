/* Reading the block `wait`. tests/kube/waiting waits by it. */
#include "arena_case.h"

#include "object_builder.h"
#include "provider.h"
#include "wait_block.h"

static const Block blocks[] = {WAIT_BLOCK};
static const Schema schema = {SCHEMA_BLOCKS(blocks)};

/* Returns the configuration {"wait": …}. */
static Value config_of(Str wait) {
    Value config;
    const char *error;
    Str text = str_format(arena, "{\"wait\":%.*s}", STR_ARG(wait));
    JsonReader reader = json_reader_new(text, arena);
    assert_true(json_read_typed(&reader, json_next(&reader), schema_implied_type(&schema), &config,
                                &error, arena));
    return config;
}

static Str fields_of(Str path, Str pattern) {
    Value name = value_string(path, arena), value = value_string(pattern, arena);
    return str_format(arena, "{\"fields\":{%.*s:%.*s}}", STR_ARG(json_text(name, arena)),
                      STR_ARG(json_text(value, arena)));
}

typedef struct Row {
    const char *path;
    const char *problem; /* start of the summary; NULL: valid */
    const char *pattern;
} Row;

static const Row rows[] = {
    {"status.phase", NULL, "*"},
    {"status", NULL, ""},
    {"metadata.annotations[\"a.b/c\"]", NULL, "^x$"},
    {"metadata.annotations[\"a \\\"quoted\\\" [key]\"].x", NULL, "x"},
    {"status.conditions[0].type", NULL, "(?i)a"},
    {"status.some-name.x_y", NULL, "a|b"},
    {"status.ärger", NULL, "a"},
    {"", "Invalid field path", "a"},
    {".status", "Invalid field path", "a"},
    {"status.", "Invalid field path", "a"},
    {"status..phase", "Invalid field path", "a"},
    {"status.0", "Invalid field path", "a"},
    {"status phase", "Invalid field path", "a"},
    {"status.conditions[*].type", "Invalid field path", "a"},
    {"status.conditions[0", "Invalid field path", "a"},
    {"status.conditions[x]", "Invalid field path", "a"},
    {"status.conditions[0]type", "Invalid field path", "a"},
    {"metadata.annotations[\"a]", "Invalid field path", "a"},
    {"status.phase", "Invalid regular expression", "("},
    {"status.phase", "Invalid regular expression", "**"},
};

static void fields(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        WaitBlock block;
        Call call = {.arena = arena};
        Diags diags = diags_new(arena);
        Str path = str_from_cstr(rows[i].path);
        Value config = config_of(fields_of(path, str_from_cstr(rows[i].pattern)));
        bool ok = wait_block_read(&call, config, STR("Pod"), &block, &diags);
        check_str(ok ? STR("") : diags.items[0].summary, rows[i].problem ? rows[i].problem : "");
        if (!ok) {
            assert_true(str_starts_with(diags.items[0].path, STR(".wait.fields[")));
            continue;
        }
        assert_int_equal(block.fields.count, 1);
        check_str_equal(block.fields.items[0].text, path);
        assert_true(wait_block_is_set(&block));
    }
}

static void parts(void **) {
    WaitBlock block;
    Call call = {.arena = arena};
    Diags diags = diags_new(arena);
    Str text =
        STR("{\"rollout\":true,\"condition\":[{\"type\":\"A\",\"status\":\"True\"},{\"type\":"
            "\"B\",\"status\":\"False\"}]}");
    assert_true(wait_block_read(&call, config_of(text), STR("Deployment"), &block, &diags));
    assert_true(block.has_rollout);
    assert_int_equal(block.conditions.count, 2);
    check_str(block.conditions.items[1].type, "B");
    assert_true(wait_block_read(&call, config_of(text), STR_EMPTY, &block, &diags));
    assert_false(wait_block_read(&call, config_of(text), STR("Pod"), &block, &diags));
    check_str(diags.items[0].path, ".wait.rollout");
    static const char *const empty[] = {"null", "{}", "{\"rollout\":false}", "{\"fields\":{}}"};
    for (size_t i = 0; i < ARRAY_COUNT(empty); i++) {
        Value config = config_of(str_from_cstr(empty[i]));
        assert_true(wait_block_read(&call, config, STR("Pod"), &block, &diags));
        assert_false(wait_block_is_set(&block));
    }
}

/* Replaces one attribute of the block by an unknown value. */
static Value with_unknown(Value config, const char *name) {
    ObjectBuilder inner = object_builder_of(object_attribute(config, "wait"), arena);
    object_builder_set(&inner, name, value_unknown(object_builder_get(&inner, name).type));
    ObjectBuilder outer = object_builder_of(config, arena);
    object_builder_set(&outer, "wait", object_builder_value(&inner));
    return object_builder_value(&outer);
}

/* `validate` sees values that are not known yet. */
static void unknown_values(void **) {
    static const char *const names[] = {"rollout", "fields", "condition"};
    WaitBlock block;
    Call call = {.arena = arena};
    Diags diags = diags_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Value config = with_unknown(config_of(STR("{}")), names[i]);
        assert_true(wait_block_read(&call, config, STR("Pod"), &block, &diags));
    }
    Value whole = config_of(STR("{}"));
    ObjectBuilder builder = object_builder_of(whole, arena);
    object_builder_set(&builder, "wait", value_unknown(object_attribute(whole, "wait").type));
    assert_true(wait_block_read(&call, object_builder_value(&builder), STR("Pod"), &block, &diags));
    assert_int_equal(diags.count, 0);
}

UNIT_MAIN(test_wait_block) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields),
        cmocka_unit_test(parts),
        cmocka_unit_test(unknown_values),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
