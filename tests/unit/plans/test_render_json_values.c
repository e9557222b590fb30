#include "plan_case.h"
#include "render_json_values.h"

static const struct {
    const char *value;
    const char *json;
} KNOWN[] = {
    {"[1, {\"$unknown\": true}]", "[1,null]"},
    {"{\"a\": {\"$unknown\": true}, \"b\": 1}", "{\"b\":1}"},
    {"{\"a\": {\"b\": {\"$unknown\": true}}, \"c\": null}", "{\"a\":{},\"c\":null}"},
    {"{\"$sensitive\": \"shown\"}", "\"shown\""},
};

static void known(void **) {
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

/* A module that only contains modules is listed too. */
static void module_tree(void **) {
    RenderJsonResources resources = {0};
    add(&resources, "module.b.module.c.t.x");
    add(&resources, "t.z");
    add(&resources, "module.a.t.y");
    add(&resources, "module.b.module.c.t.w");
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    render_json_values_module(&writer, &resources, ORDER_ADDRESSES, arena);
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

/* The addresses in `text`, in order. */
static Str addresses_in(Str text) {
    Str key = STR("\"address\":\"");
    StrBuf out = strbuf_new(arena);
    for (size_t at = str_find(text, key, 0); at != SIZE_MAX; at = str_find(text, key, at + 1)) {
        size_t start = at + key.len;
        strbuf_add(&out, str_slice(text, start, str_find_char(text, '"', start)));
        strbuf_add_char(&out, ' ');
    }
    return strbuf_str(&out);
}

/* Terraform sorts the planned values and all modules as texts, and the state as addresses. */
static void orders(void **) {
    static const char *const wanted[] = {
        [ORDER_ADDRESSES] = "data.z.a t.x[2] t.x[10] module.m[10].t.y module.m[10] module.m[2].t.y "
                            "module.m[2] ",
        [ORDER_TEXTS] = "data.z.a t.x[10] t.x[2] module.m[10].t.y module.m[10] module.m[2].t.y "
                        "module.m[2] ",
    };
    for (RenderOrder order = ORDER_ADDRESSES; order <= ORDER_TEXTS; order++) {
        RenderJsonResources resources = {0};
        const char *const addresses[] = {"module.m[2].t.y", "t.x[2]", "module.m[10].t.y",
                                         "data.z.a", "t.x[10]"};
        for (size_t i = 0; i < ARRAY_COUNT(addresses); i++)
            add(&resources, addresses[i]);
        StrBuf out = strbuf_new(arena);
        JsonWriter writer;
        json_writer_init(&writer, &out, 0);
        render_json_values_module(&writer, &resources, order, arena);
        check_str(addresses_in(strbuf_str(&out)), wanted[order]);
    }
}

/* Managed resources can stand before data sources. */
static void data_between(void **) {
    RenderJsonResources resources = {0};
    add(&resources, "data.t.a");
    add(&resources, "a.a");
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    render_json_values_module(&writer, &resources, ORDER_TEXTS, arena);
    check_str(addresses_in(strbuf_str(&out)), "a.a data.t.a ");
}

/* An object without any known value has no "values". */
static const struct {
    const char *object;
    const char *values; /* followed by a comma */
} OBJECTS[] = {
    {"{\"a\": {\"$unknown\": true}}", ""},
    {"{\"a\": {\"$unknown\": true}, \"b\": 1}", "\"values\":{\"b\":1},"},
    {"{\"a\": null}", "\"values\":{\"a\":null},"},
    {"7", ""},
};

static void objects(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(OBJECTS); i++) {
        RenderJsonResources resources = {0};
        add(&resources, "t.a");
        resources.items[0].object = value_of(OBJECTS[i].object);
        StrBuf out = strbuf_new(arena);
        JsonWriter writer;
        json_writer_init(&writer, &out, 0);
        render_json_values_module(&writer, &resources, ORDER_ADDRESSES, arena);
        Str text = strbuf_str(&out);
        size_t start =
            str_find(text, STR("\"schema_version\":0,"), 0) + strlen("\"schema_version\":0,");
        size_t end = str_find(text, STR("\"sensitive_values\""), 0);
        check_str(str_slice(text, start, end), OBJECTS[i].values);
    }
}

UNIT_MAIN(test_render_json_values) {
    const struct CMUnitTest tests[] = {PLAN_CASE(known), PLAN_CASE(module_tree), PLAN_CASE(orders),
                                       PLAN_CASE(data_between), PLAN_CASE(objects)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
