/* The configuration in plan JSON: written members, and omitted empty ones. */
#include "config_json.h"
#include "engine_case.h"

typedef struct ExpressionCase {
    const char *file;
    const char *value; /* of an output */
    const char *wanted;
} ExpressionCase;

static const ExpressionCase expression_cases[] = {
    {"tf", "1", "{\"constant_value\":1}"},
    {"tf", "null", "{\"constant_value\":null}"},
    {"tf", "[1, {a = -2}]", "{\"constant_value\":[1,{\"a\":-2}]}"},
    {"tf", "\"${1 + 1}x\"", "{\"constant_value\":\"2x\"}"},
    {"tf", "upper(\"x\")", "{}"},
    {"tf", "var.v", "{\"references\":[\"var.v\"]}"},
    {"tf", "false ? var.v : 1", "{\"constant_value\":1,\"references\":[\"var.v\"]}"},
    {"tf", "[1, var.v]", "{\"references\":[\"var.v\"]}"},
    {"tf", "upper(var.v)", "{\"references\":[\"var.v\"]}"},
    {"tf.json", "\"x\"", "{\"constant_value\":\"x\"}"},
    {"tf.json", "\"$${x}\"", "{\"constant_value\":\"$${x}\"}"},
    {"tf.json", "\"${1.50}\"", "{\"constant_value\":\"${1.50}\"}"},
    {"tf.json", "\"${var.v}\"", "{\"constant_value\":\"${var.v}\",\"references\":[\"var.v\"]}"},
    {"tf.json", "[1, \"a${var.v}\", null, true]",
     "{\"constant_value\":[1,\"a${var.v}\",null,true],\"references\":[\"var.v\"]}"},
    {"tf.json", "{\"b\": {}, \"${var.v}\": [\"${var.v}\"]}",
     "{\"constant_value\":{\"${var.v}\":[\"${var.v}\"],\"b\":{}},\"references\":[\"var.v\",\"var."
     "v\"]}"},
};

static const char *const json_text =
    "{\"variable\": {\"v\": {\"default\": \"x\"}}, \"output\": {\"o\": "
    "{\"value\": %s}}}";
static const char *const native_text = "variable \"v\" {\n  default = \"x\"\n}\noutput \"o\" {\n"
                                       "  value = %s\n}\n";

static Str configuration(EngineCase *c) {
    engine_case_load(c);
    Engine engine = engine_case_engine(c);
    return config_json_write(&engine, NULL, c->arena);
}

static void deprecated_messages(void **) {
    EngineCase *c = engine_case_open();
    engine_case_write(c, "main.tf",
                      "variable \"v\" {\n  default    = 1\n  deprecated = \"use w\"\n}\n"
                      "output \"o\" {\n  value      = 1\n  deprecated = \"use p\"\n}\n");
    check_str(configuration(c),
              "{\"root_module\":{\"outputs\":{\"o\":{\"expression\":{\"constant_value\":1},"
              "\"deprecated\":\"use p\"}},\"variables\":{\"v\":{\"default\":1,"
              "\"deprecated\":\"use w\"}}}}");
    engine_case_close(c);
}

static void expressions(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(expression_cases); i++) {
        const ExpressionCase *row = &expression_cases[i];
        EngineCase *c = engine_case_open();
        bool is_json = strcmp(row->file, "tf.json") == 0;
        Str text = is_json ? str_format(c->arena, json_text, row->value)
                           : str_format(c->arena, native_text, row->value);
        engine_case_write(c, is_json ? "main.tf.json" : "main.tf", str_to_cstr(text, c->arena));
        Str wanted = str_format(c->arena,
                                "{\"root_module\":{\"outputs\":{\"o\":{\"expression\":%s}},"
                                "\"variables\":{\"v\":{\"default\":\"x\"}}}}",
                                row->wanted);
        check_str(configuration(c), str_to_cstr(wanted, c->arena));
        engine_case_close(c);
    }
}

/* No provider, no argument, a count without a reference: all are omitted. */
static void omits_empty_members(void **) {
    EngineCase *c = engine_case_open();
    engine_case_write(c, "main.tf", "resource \"terraform_data\" \"a\" {\n  count = abs(1)\n}\n");
    check_str(
        configuration(c),
        "{\"provider_config\":{\"terraform\":{\"name\":\"terraform\",\"full_name\":"
        "\"terraform.io/builtin/terraform\"}},\"root_module\":{\"resources\":[{\"address\":"
        "\"terraform_data.a\",\"mode\":\"managed\",\"type\":\"terraform_data\",\"name\":\"a\","
        "\"provider_config_key\":\"terraform\",\"schema_version\":0}]}}");
    engine_case_close(c);
}

/* A single module: no expressions, no schemas, and of calls only their sources. */
static void describes_one_module(void **) {
    EngineCase *c = engine_case_open();
    engine_case_write(c, "main.tf",
                      "variable \"v\" {}\nresource \"terraform_data\" \"a\" {\n  count = 1\n"
                      "  input = var.v\n}\noutput \"o\" {\n  value = 1\n}\n");
    engine_case_load(c);
    Engine engine = engine_case_engine(c);
    check_str(config_json_write_module(&engine, c->arena),
              "{\"provider_config\":{\"terraform\":{\"name\":\"terraform\",\"full_name\":"
              "\"terraform.io/builtin/terraform\"}},\"root_module\":{\"outputs\":{\"o\":{}},"
              "\"resources\":[{\"address\":\"terraform_data.a\",\"mode\":\"managed\",\"type\":"
              "\"terraform_data\",\"name\":\"a\",\"provider_config_key\":\"terraform\"}],"
              "\"variables\":{\"v\":{}}}}");
    engine_case_close(c);
}

UNIT_MAIN(test_config_json) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expressions),
        cmocka_unit_test(deprecated_messages),
        cmocka_unit_test(omits_empty_members),
        cmocka_unit_test(describes_one_module),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
