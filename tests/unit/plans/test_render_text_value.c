#include "plan_case.h"
#include "render_text.h"

static const struct {
    const char *value;
    const char *text;
} CASES[] = {
    {"1.5", "1.5"},
    {"\"a\\\"b\"", "\"a\\\"b\""},
    {"null", "null"},
    {"true", "true"},
    {"[]", "[]"},
    {"{}", "{}"},
    {"{\"$list\": []}", "tolist([])"},
    {"{\"$set\": [\"b\", \"a\"]}", "toset([\n  \"a\",\n  \"b\",\n])"},
    {"{\"$map\": {\"k\": 1}}", "tomap({\n  \"k\" = 1\n})"},
    {"{\"a\": [1], \"long\": 2}", "{\n  \"a\" = [\n    1,\n  ]\n  \"long\" = 2\n}"},
    {"{\"$sensitive\": 1}", "(sensitive value)"},
    {"[{\"$sensitive\": 1}]", "[\n  (sensitive value),\n]"},
    {"{\"$unknown\": true}", "(known after apply)"},
    {"\"a\\nb\"", "<<EOT\na\nb\nEOT"},
    {"\"a\\nb\\n\"", "<<EOT\na\nb\n\nEOT"},
    {"{\"x\": \"a\\n\\nb\"}", "{\n  \"x\" = <<-EOT\n  a\n  \n  b\n  EOT\n}"},
    {"\"EOT\\nx\"", "<<EOT_\nEOT\nx\nEOT_"},
};

static Str shown(Value v, RenderStyle style) {
    StrBuf out = strbuf_new(arena);
    render_text_value(v, 0, style, &out, arena);
    return strbuf_str(&out);
}

static void cases(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++)
        check_str(shown(value_of(CASES[i].value), (RenderStyle){0}), CASES[i].text);
}

static void nulls_keep_their_type(void **) {
    check_str(shown(value_null(&TYPE_STRING), (RenderStyle){0}), "tostring(null)");
    check_str(shown(value_null(&TYPE_LIST_OF_STRING), (RenderStyle){0}),
              "tolist(null) /* of string */");
}

static void secrets_on_demand(void **) {
    check_str(shown(value_of("[{\"$sensitive\": 1}]"), (RenderStyle){.show_sensitive = true}),
              "[\n  1,\n]");
}

UNIT_MAIN(test_render_text_value) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(cases),
        PLAN_CASE(nulls_keep_their_type),
        PLAN_CASE(secrets_on_demand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
