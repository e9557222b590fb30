#include "plan_case.h"
#include "render_json_state.h"

static const Attribute attributes[] = {
    {"id", &TYPE_STRING, COMPUTED, "Id."},
    {"input", &TYPE_DYNAMIC, OPTIONAL, "Input."},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "Secret."},
};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

static const Schema *find(void *, ResourceMode, Str provider, Str type) {
    return str_equal(type, STR("t")) && provider.len ? &schema : NULL;
}

static Str document(const char *state) {
    StrBuf out = strbuf_new(arena);
    render_json_state(str_from_cstr(state), find, NULL, STR("1.11.4"), &out, arena);
    return strbuf_str(&out);
}

static void no_state(void **) {
    check_str(document(""), "{\"format_version\":\"1.0\"}");
    check_str(document("{\"version\": 4, \"outputs\": {}, \"resources\": []}"),
              "{\"format_version\":\"1.0\",\"terraform_version\":\"1.11.4\","
              "\"values\":{\"root_module\":{}}}");
}

static void resources(void **) {
    check_str(
        document(
            "{\"version\": 4, \"resources\": [{\"module\": \"module.m\", \"mode\": \"managed\","
            "\"type\": \"t\", \"name\": \"a\", \"provider\": \"provider[\\\"h/n/t\\\"].alias\","
            "\"instances\": [{\"index_key\": \"k\", \"status\": \"tainted\", \"schema_version\": 2,"
            "\"attributes\": {\"id\": \"x\", \"input\": {\"value\": [1], \"type\": [\"list\", "
            "\"number\"]},"
            "\"secret\": \"s\", \"unheard_of\": 1},"
            "\"sensitive_attributes\": [[{\"type\": \"get_attr\", \"value\": \"input\"},"
            "{\"type\": \"index\", \"value\": {\"value\": 0, \"type\": \"number\"}}]],"
            "\"dependencies\": [\"t.b\"]}, {\"deposed\": \"00000001\", \"index_key\": \"k\","
            "\"attributes\": {\"id\": \"y\"}}]}]}"),
        "{\"format_version\":\"1.0\",\"terraform_version\":\"1.11.4\",\"values\":{\"root_module\":"
        "{\"child_modules\":[{\"resources\":[{\"address\":\"module.m.t.a[\\\"k\\\"]\","
        "\"mode\":\"managed\",\"type\":\"t\",\"name\":\"a\",\"index\":\"k\",\"provider_name\":\"h/"
        "n/t\","
        "\"schema_version\":2,\"values\":{\"id\":\"x\",\"input\":[1],\"secret\":\"s\"},"
        "\"sensitive_values\":{\"input\":[true],\"secret\":true},\"depends_on\":[\"t.b\"],"
        "\"tainted\":true},{\"address\":\"module.m.t.a[\\\"k\\\"]\",\"mode\":\"managed\",\"type\":"
        "\"t\","
        "\"name\":\"a\",\"index\":\"k\",\"provider_name\":\"h/n/t\",\"schema_version\":0,"
        "\"values\":{\"id\":\"y\",\"input\":null,\"secret\":null},\"sensitive_values\":{\"secret\":"
        "true},"
        "\"deposed_key\":\"00000001\"}],\"address\":\"module.m\"}]}}}");
}

/* With keys, as for a provider configuration with for_each. */
static void providers_of_instances(void **) {
    check_str(
        document("{\"version\": 4, \"resources\": [{\"mode\": \"managed\",\"type\": \"t\","
                 "\"name\": \"a\",\"instances\": [{\"index_key\": \"k\","
                 "\"provider\": \"provider[\\\"h/n/t\\\"].alias[\\\"k\\\"]\","
                 "\"attributes\": {\"id\": \"x\", \"input\": null, \"secret\": \"s\"}}]}]}"),
        "{\"format_version\":\"1.0\",\"terraform_version\":\"1.11.4\",\"values\":{\"root_module\":"
        "{\"resources\":[{\"address\":\"t.a[\\\"k\\\"]\",\"mode\":\"managed\",\"type\":\"t\","
        "\"name\":\"a\",\"index\":\"k\",\"provider_name\":\"h/n/t\",\"schema_version\":0,"
        "\"values\":{\"id\":\"x\",\"input\":null,\"secret\":\"s\"},"
        "\"sensitive_values\":{\"secret\":true}}]}}}");
}

static void outputs(void **) {
    check_str(
        document("{\"outputs\": {\"o\": {\"value\": [1, 2.50], \"type\": [\"list\", \"number\"], "
                 "\"sensitive\": true}}}"),
        "{\"format_version\":\"1.0\",\"terraform_version\":\"1.11.4\",\"values\":{\"outputs\":"
        "{\"o\":{\"value\":[1,2.50],\"type\":[\"list\",\"number\"],\"sensitive\":true}},"
        "\"root_module\":{}}}");
}

/* The outputs are those of the refreshed state; their changes are in another member. */
static void prior_outputs(void **) {
    Plan *plan = plan_new(PLAN_NORMAL, arena);
    OutputChange rows[] = {
        {STR("kept"), ACTION_UPDATE, value_of("1"), value_of("{\"$unknown\": true}"), false},
        {STR("new"), ACTION_CREATE, value_of("-"), value_of("2"), true},
        {STR("set"), ACTION_UPDATE, value_of("3"), value_of("4"), false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++)
        vec_push(arena, &plan->outputs, rows[i]);
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    plan->prior_state = STR("{\"outputs\": {\"kept\": {\"value\": 1, \"type\": \"number\"},"
                            "\"set\": {\"value\": 3, \"type\": \"number\"}}}");
    json_object_start(&writer);
    render_json_state_prior(&writer, plan, find, NULL, STR("1"), arena);
    json_object_end(&writer);
    check_str(
        strbuf_str(&out),
        "{\"prior_state\":{\"format_version\":\"1.0\",\"terraform_version\":\"1\",\"values\":{"
        "\"outputs\":{"
        "\"kept\":{\"value\":1,\"type\":\"number\",\"sensitive\":false},"
        "\"set\":{\"value\":3,\"type\":\"number\",\"sensitive\":false}},\"root_module\":{}}}}");
}

static void no_prior_state(void **) {
    static const char *const TEXTS[] = {"", "{\"version\": 4, \"outputs\": {}, \"resources\": []}"};
    for (size_t i = 0; i < ARRAY_COUNT(TEXTS); i++) {
        Plan *plan = plan_new(PLAN_NORMAL, arena);
        plan->prior_state = str_from_cstr(TEXTS[i]);
        StrBuf out = strbuf_new(arena);
        JsonWriter writer;
        json_writer_init(&writer, &out, 0);
        json_object_start(&writer);
        render_json_state_prior(&writer, plan, find, NULL, STR("1"), arena);
        json_object_end(&writer);
        check_str(strbuf_str(&out), "{}");
    }
}

static void broken(void **) {
    static const char *const TEXTS[] = {
        "x",
        "[]",
        "{\"resources\": 1}",
        "{\"resources\": [{\"instances\": {}}]}",
        "{\"outputs\": 1}",
        "{\"resources\": [{\"type\": 1, \"instances\": [{\"attributes\": 7}]}]}",
    };
    for (size_t i = 0; i < ARRAY_COUNT(TEXTS); i++) {
        Value parsed;
        const char *error;
        size_t offset;
        assert_true(json_parse_any(document(TEXTS[i]), &parsed, &error, &offset, arena));
    }
}

UNIT_MAIN(test_render_json_state) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(no_state), PLAN_CASE(resources),     PLAN_CASE(providers_of_instances),
        PLAN_CASE(outputs),  PLAN_CASE(prior_outputs), PLAN_CASE(no_prior_state),
        PLAN_CASE(broken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
