#include "plan_case.h"
#include "render_json_values.h"

static const struct {
    const char *value;
    const char *json;
} KNOWN[] = {
    {"[1, {\"$unknown\": true}]",                           "[1,null]"             },
    {"{\"a\": {\"$unknown\": true}, \"b\": 1}",             "{\"b\":1}"            },
    {"{\"a\": {\"b\": {\"$unknown\": true}}, \"c\": null}", "{\"a\":{},\"c\":null}"},
    {"{\"$sensitive\": \"shown\"}",                         "\"shown\""            },
};

static void known(void **state) {
    (void)state;
    for (size_t i = 0; i < ARRAY_COUNT(KNOWN); i++) {
        StrBuf out = strbuf_new(arena);
        JsonWriter writer;
        json_writer_init(&writer, &out, 0);
        render_json_values_known(&writer, value_of(KNOWN[i].value));
        check_str(strbuf_str(&out), KNOWN[i].json);
    }
}

static void add(RenderJsonResources *resources, const char *address) {
    RenderJsonResource resource = {
        .address = address_of(address), .provider = STR("p"), .object = value_of("-")};
    vec_push(arena, resources, resource);
}

#define RESOURCE(address, name)                                                                    \
    "{\"address\":\"" address "\",\"mode\":\"managed\",\"type\":\"t\",\"name\":\"" name            \
    "\",\"provider_name\":\"p\",\"schema_version\":0,\"sensitive_values\":false}"

/* A module that holds nothing but modules is there all the same. */
static void module_tree(void **state) {
    (void)state;
    RenderJsonResources resources = {0};
    add(&resources, "module.b.module.c.t.x");
    add(&resources, "t.z");
    add(&resources, "module.a.t.y");
    add(&resources, "module.b.module.c.t.w");
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    render_json_values_module(&writer, &resources, arena);
    check_str(
        strbuf_str(&out),
        "{\"resources\":[" RESOURCE(
            "t.z", "z") "],\"child_modules\":["
                        "{\"resources\":[" RESOURCE(
                            "module.a.t.y",
                            "y") "],\"address\":\"module.a\"},"
                                 "{\"child_modules\":[{\"resources\":[" RESOURCE(
                                     "module.b.module.c.t.w",
                                     "w") "," RESOURCE("module.b.module.c.t.x",
                                                       "x") "],\"address\":\"module.b.module.c\"}],"
                                                            "\"address\":\"module.b\"}]}");
}

int main(void) {
    const struct CMUnitTest tests[] = {PLAN_CASE(known), PLAN_CASE(module_tree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
