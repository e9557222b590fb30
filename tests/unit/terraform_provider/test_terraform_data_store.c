/* The block `store`: when the stored value follows its input, and when it replaces the object. The
 * plans are those of Terraform 1.17 for the same blocks. */
#include "json.h"
#include "terraform_data_store.h"
#include "unit.h"

#define TEXT(text) "{\"value\":\"" text "\",\"type\":\"string\"}"

static const Schema block = {SCHEMA_ATTRIBUTES(terraform_data_store_attributes)};

static Value read(const char *json, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = "";
    Value value;
    if (!json_read_typed(&reader, json_next(&reader), schema_implied_type(&block), &value, &error,
                         arena))
        fail_msg("%s: %s", json, error);
    return value;
}

/* Plans as the engine does: the proposed block has the computed values of the prior one. */
static bool plan(const char *prior, const char *config, StorePlan *out, Arena *arena) {
    Call call = {.arena = arena};
    Diags diags = diags_new(arena);
    *out = (StorePlan){.config = read(config, arena)};
    if (prior)
        out->prior = read(prior, arena);
    Value before = prior ? out->prior : value_null(schema_implied_type(&block));
    out->proposed =
        schema_drop_write_only(&block, schema_propose(&block, before, out->config, arena), arena);
    return terraform_data_store_plan(&call, out, &diags);
}

/* Shows an attribute with the type that it has while it is unknown. */
static Str show(Value object, const char *name, Arena *arena) {
    Value v = value_attribute(object, str_from_cstr(name));
    if (value_is_known(v))
        return value_display(v, 0, arena);
    return str_format(arena, "unknown %.*s", STR_ARG(type_friendly_name(v.type, arena)));
}

static void test_plan(void **) {
    static const struct {
        const char *prior; /* NULL: a new object */
        const char *config;
        const char *output; /* as `show` prints it */
        const char *sensitive_output;
        bool replaces;
    } cases[] = {
        /* new */
        {NULL, "{\"input\":" TEXT("a") "}", "unknown string", "null", false},
        {NULL, "{\"input\":" TEXT("a") ",\"sensitive\":true}", "null", "unknown string", false},
        {NULL, "{\"input\":{\"value\":null,\"type\":\"number\"}}", "null", "null", false},
        {NULL, "{\"input\":" TEXT("a") ",\"version\":" TEXT("1") "}", "unknown string", "null",
         false},
        /* without version: the values are compared */
        {"{\"output\":" TEXT("a") "}", "{\"input\":" TEXT("a") "}", "\"a\"", "null", false},
        {"{\"output\":" TEXT("a") "}", "{\"input\":" TEXT("b") "}", "unknown string", "null",
         false},
        {"{\"output\":" TEXT("1") "}", "{\"input\":{\"value\":1,\"type\":\"number\"}}",
         "unknown number", "null", false},
        {"{\"output\":" TEXT("a") "}", "{}", "unknown dynamic", "null", false},
        {"{\"sensitive\":true,\"sensitive_output\":" TEXT("a") "}",
         "{\"input\":" TEXT("b") ",\"sensitive\":true}", "null", "unknown string", false},
        /* with a version: only it counts */
        {"{\"output\":" TEXT("a") ",\"version\":" TEXT("1") "}",
         "{\"input\":" TEXT("b") ",\"version\":" TEXT("1") "}", "\"a\"", "null", false},
        {"{\"output\":" TEXT("a") ",\"version\":" TEXT("1") "}",
         "{\"input\":" TEXT("a") ",\"version\":" TEXT("2") "}", "unknown string", "null", false},
        {"{\"output\":" TEXT("a") ",\"version\":" TEXT("1") "}",
         "{\"input\":" TEXT("a") ",\"version\":{\"value\":1,\"type\":\"number\"}}",
         "unknown string", "null", false},
        {"{\"output\":" TEXT("a") ",\"version\":" TEXT("1") "}", "{\"input\":" TEXT("a") "}",
         "\"a\"", "null", false},
        /* `sensitive` moves the stored value */
        {"{\"output\":" TEXT("a") "}", "{\"input\":" TEXT("a") ",\"sensitive\":true}", "null",
         "\"a\"", false},
        {"{\"sensitive\":true,\"sensitive_output\":" TEXT("a") "}", "{\"input\":" TEXT("a") "}",
         "\"a\"", "null", false},
        {"{\"output\":" TEXT("a") ",\"version\":" TEXT("1") "}",
         "{\"input\":" TEXT("b") ",\"version\":" TEXT("2") ",\"sensitive\":true}", "null",
         "unknown string", false},
        /* `replace`: a change of the stored value, not a move */
        {"{\"output\":" TEXT("a") "}", "{\"input\":" TEXT("b") ",\"replace\":true}",
         "unknown string", "null", true},
        {"{\"output\":" TEXT("a") "}", "{\"input\":" TEXT("a") ",\"replace\":true}", "\"a\"",
         "null", false},
        {"{\"output\":" TEXT("a") ",\"replace\":true}",
         "{\"input\":" TEXT("a") ",\"replace\":true,\"sensitive\":true}", "null", "\"a\"", false},
        {"{\"output\":" TEXT("a") ",\"replace\":true}", "{\"replace\":true}", "unknown dynamic",
         "null", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StorePlan made;
        assert_true(plan(cases[i].prior, cases[i].config, &made, arena));
        Str output = show(made.planned, "output", arena);
        Str sensitive = show(made.planned, "sensitive_output", arena);
        if (!str_equal_cstr(output, cases[i].output) ||
            !str_equal_cstr(sensitive, cases[i].sensitive_output) ||
            made.replaces != cases[i].replaces)
            fail_msg("%zu: %.*s, %.*s, %d", i, STR_ARG(output), STR_ARG(sensitive), made.replaces);
        assert_ptr_equal(value_attribute(made.planned, STR("input")).type, &TYPE_DYNAMIC);
        assert_true(value_is_null(value_attribute(made.planned, STR("input"))));
    }
}

static void test_apply(void **) {
    static const struct {
        const char *config;
        const char *output;
        const char *sensitive_output;
    } cases[] = {
        {"{\"input\":" TEXT("n") "}", "\"n\"", "null"},
        {"{\"input\":" TEXT("n") ",\"sensitive\":true}", "null", "\"n\""},
        {"{\"input\":{\"value\":null,\"type\":\"bool\"}}", "null", "null"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StorePlan made;
        assert_true(plan("{\"output\":" TEXT("o") "}", cases[i].config, &made, arena));
        Value stored = terraform_data_store_apply(made.planned, made.config, arena);
        assert_true(value_is_wholly_known(stored));
        check_str(value_display(value_attribute(stored, STR("output")), 0, arena), cases[i].output);
        check_str(value_display(value_attribute(stored, STR("sensitive_output")), 0, arena),
                  cases[i].sensitive_output);
        assert_true(value_is_null(value_attribute(stored, STR("input"))));
    }
    SCOPED(ArenaRef) arena = arena_open("test");
    Value none = value_null(schema_implied_type(&block));
    assert_true(value_is_null(terraform_data_store_apply(none, none, arena)));
}

static Value with_unknown(Value object, const char *name, Arena *arena) {
    Value *items = value_copy_items(object, arena);
    size_t i = type_get_attribute(object.type, str_from_cstr(name));
    items[i] = value_unknown(items[i].type);
    return value_with_items(object, items, arena);
}

/* An unknown input or version is unknown later, too; other unknown parts are errors. */
static void test_unknown(void **) {
    static const struct {
        const char *name; /* NULL: the block */
        const char *path; /* of the error; NULL: none */
    } cases[] = {
        {"sensitive", ".store.sensitive"},
        {"replace", ".store.replace"},
        {NULL, ".store"},
        {"version", NULL},
        {"input", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Call call = {.arena = arena};
        Diags diags = diags_new(arena);
        Value config = read("{\"input\":" TEXT("a") ",\"version\":" TEXT("1") "}", arena);
        config =
            cases[i].name ? with_unknown(config, cases[i].name, arena) : value_unknown(config.type);
        StorePlan made = {.config = config,
                          .proposed = schema_drop_write_only(&block, config, arena)};
        assert_int_equal(terraform_data_store_plan(&call, &made, &diags), cases[i].path == NULL);
        assert_int_equal(diags.error_count, cases[i].path != NULL);
        if (cases[i].path)
            check_str(diags.items[0].path, cases[i].path);
        else
            assert_false(value_is_known(value_attribute(made.planned, STR("output"))));
    }
}

UNIT_MAIN(test_terraform_data_store) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plan),
        cmocka_unit_test(test_apply),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
