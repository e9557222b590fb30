/* Objects as blocks of configuration. */
#include "unit.h"

#include "json.h"
#include "resource_text.h"

static const Attribute rule_attributes[] = {
    {"port", &TYPE_NUMBER, REQUIRED, "."},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE, "."},
    {"state", &TYPE_STRING, COMPUTED, "."},
};

static const Attribute attributes[] = {
    {"zone", &TYPE_STRING, OPTIONAL, "."},
    {"name", &TYPE_STRING, REQUIRED, "."},
    {"id", &TYPE_STRING, OPTIONAL | COMPUTED, "."},
    {"serial", &TYPE_NUMBER, COMPUTED, "."},
    {"old", &TYPE_STRING, OPTIONAL | DEPRECATED, "."},
    {"key", &TYPE_STRING, REQUIRED | SENSITIVE, "."},
    {"any", &TYPE_DYNAMIC, OPTIONAL, "."},
    {"rules", NULL, OPTIONAL, ".", NESTED(NEST_LIST, rule_attributes)},
};

static const Attribute disk_attributes[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "."},
    {"path", &TYPE_STRING, COMPUTED, "."},
};

static const Block blocks[] = {
    {.name = "disk", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(disk_attributes)}},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

static Value object_of(const char *json, Arena *arena) {
    const char *error;
    Value out;
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    JsonToken token = json_next(&reader);
    if (!json_read_typed(&reader, token, schema_implied_type(&schema), &out, &error, arena))
        fail_msg("%s", error);
    return out;
}

static const char *const whole =
    "{\"zone\": null, \"name\": \"a ${b}\", \"id\": \"7\", \"serial\": 3, \"old\": \"x\", \"key\": "
    "\"secret\", \"any\": {\"type\": [\"object\", {\"list\": [\"tuple\", [\"number\", \"bool\"]], "
    "\"odd key\": \"string\"}], \"value\": {\"list\": [1, true], \"odd key\": \"l1\\nl2\\n\"}}, "
    "\"rules\": [{\"port\": 80, \"token\": \"t\", \"state\": \"up\"}], \"disk\": [{\"size\": 1, "
    "\"path\": \"/p\"}, {\"size\": 2, \"path\": \"/q\"}]}";

static ResourceTexts texts_of(const char *json, Str provider, Arena *arena) {
    ResourceTexts out = {0};
    ResourceText text = {STR("t_thing"), STR("x"), STR("id-1"),
                         provider,       &schema,  object_of(json, arena)};
    vec_push(arena, &out, text);
    return out;
}

static void writes_native(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ResourceTexts texts = texts_of(whole, STR("t.second"), arena);
    check_str(resource_text_file(&texts, RESOURCE_TEXT_NATIVE, STR("loam"), arena),
              "# __generated__ by loam\n"
              "# Please review these resources and move them into your main configuration files.\n"
              "\n"
              "# __generated__ by loam from \"id-1\"\n"
              "resource \"t_thing\" \"x\" {\n"
              "  provider = t.second\n"
              "  any = {\n"
              "    list      = [1, true]\n"
              "    \"odd key\" = \"l1\\nl2\\n\"\n"
              "  }\n"
              "  key  = null # sensitive\n"
              "  name = \"a $${b}\"\n"
              "  rules = [\n"
              "    {\n"
              "      port  = 80\n"
              "      token = null # sensitive\n"
              "    },\n"
              "  ]\n"
              "  zone = null\n"
              "  disk {\n"
              "    size = 1\n"
              "  }\n"
              "  disk {\n"
              "    size = 2\n"
              "  }\n"
              "}\n");
}

static void writes_yaml(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ResourceTexts texts = texts_of(whole, STR_EMPTY, arena);
    check_str(resource_text_file(&texts, RESOURCE_TEXT_YAML, STR("loam"), arena),
              "# __generated__ by loam\n"
              "# Please review these resources and move them into your main configuration files.\n"
              "resource:\n"
              "  t_thing:\n"
              "    # __generated__ by loam from \"id-1\"\n"
              "    x:\n"
              "      any:\n"
              "        list:\n"
              "          - 1\n"
              "          - true\n"
              "        \"odd key\": |\n"
              "          l1\n"
              "          l2\n"
              "      key: null # sensitive\n"
              "      name: \"a $${b}\"\n"
              "      rules:\n"
              "        -\n"
              "          port: 80\n"
              "          token: null # sensitive\n"
              "      zone: null\n"
              "      disk:\n"
              "        -\n"
              "          size: 1\n"
              "        -\n"
              "          size: 2\n");
}

/* On request an optional argument without a value is omitted; a required argument stays. */
static void omits_null(void **state) {
    (void)state;
    SCOPED(ArenaRef) arena = arena_open("test");
    ResourceTexts texts =
        texts_of("{\"zone\":null,\"name\":null,\"id\":null,\"serial\":null,\"old\":null,"
                 "\"key\":null,\"any\":null,\"rules\":[{\"port\":null,\"token\":null,"
                 "\"state\":null}],\"disk\":[]}",
                 STR_EMPTY, arena);
    texts.items[0].omits_null = true;
    check_str(resource_text_block(&texts.items[0], arena), "resource \"t_thing\" \"x\" {\n"
                                                           "  key  = null # sensitive\n"
                                                           "  name = null\n"
                                                           "  rules = [\n"
                                                           "    {\n"
                                                           "      port = null\n"
                                                           "    },\n"
                                                           "  ]\n"
                                                           "}");
    Str yaml = resource_text_file(&texts, RESOURCE_TEXT_YAML, STR("loam"), arena);
    assert_true(str_find(yaml, STR("zone"), 0) == SIZE_MAX);
    assert_true(str_find(yaml, STR("name: null"), 0) != SIZE_MAX);
}

/* A text that is JSON, or that has several lines. */
static void writes_texts(void **) {
    static const struct {
        const char *json, *native, *yaml;
    } cases[] = {
        {"\"plain\"", "  name  = \"plain\"\n", "      name: \"plain\"\n"},
        {"\"{\\\"a\\\":[1]}\"", "    a = [1]\n  })\n", "      name: \"{\\\"a\\\":[1]}\"\n"},
        {"\"{no json\"", "  name  = \"{no json\"\n", "      name: \"{no json\"\n"},
        {"\"a\\n${b}\\n\"", "<<EOT\na\n$${b}\nEOT\n", "      name: |\n        a\n        $${b}\n"},
        {"\"a\\nb\"", "  name  = \"a\\nb\"\n", "      name: |-\n        a\n        b\n"},
        {"\" a\\nb\\n\"", "<<EOT\n a\nb\nEOT\n", "      name: \" a\\nb\\n\"\n"},
        {"\"a\\n\\nb\\n\"", "<<EOT\na\n\nb\nEOT\n", "      name: |\n        a\n\n        b\n"},
        {"\"a\\tb\\nc\\n\"", "  name  = \"a\\tb\\nc\\n\"\n", "      name: \"a\\tb\\nc\\n\"\n"},
        {"\"EOT\\nc\\n\"", "  name  = \"EOT\\nc\\n\"\n", "      name: |\n        EOT\n        c\n"},
        {"\"%{if}\"", "  name  = \"%%{if}\"\n", "      name: \"%%{if}\"\n"},
        {"\"\"", "  name  = \"\"\n", "      name: \"\"\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Str json = str_format(arena,
                              "{\"zone\":null,\"name\":%s,\"id\":null,\"serial\":null,\"old\":null,"
                              "\"key\":null,\"any\":null,\"rules\":null,\"disk\":[]}",
                              cases[i].json);
        ResourceTexts texts = texts_of(str_to_cstr(json, arena), STR_EMPTY, arena);
        Str native = resource_text_file(&texts, RESOURCE_TEXT_NATIVE, STR("loam"), arena);
        Str yaml = resource_text_file(&texts, RESOURCE_TEXT_YAML, STR("loam"), arena);
        if (str_find(native, str_from_cstr(cases[i].native), 0) == SIZE_MAX)
            fail_msg("case %zu: %.*s", i, STR_ARG(native));
        if (str_find(yaml, str_from_cstr(cases[i].yaml), 0) == SIZE_MAX)
            fail_msg("case %zu: %.*s", i, STR_ARG(yaml));
    }
}

/* One block without the rest, as other programs request it. */
static void writes_block(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ResourceTexts texts =
        texts_of("{\"zone\":null,\"name\":\"n\",\"id\":null,\"serial\":null,\"old\":null,"
                 "\"key\":\"hunter2\",\"any\":null,\"rules\":null,\"disk\":[]}",
                 STR_EMPTY, arena);
    Str block = resource_text_block(&texts.items[0], arena);
    assert_true(str_starts_with(block, STR("resource \"")));
    assert_true(str_ends_with(block, STR("\n}")));
    assert_true(str_find(block, STR("hunter2"), 0) == SIZE_MAX);
    assert_true(str_find(block, STR("generated"), 0) == SIZE_MAX);
}

static const Attribute identity_attributes[] = {
    {"zone", &TYPE_STRING, OPTIONAL, "."},
    {"name", &TYPE_STRING, REQUIRED, "."},
};
static const Schema identity = {SCHEMA_ATTRIBUTES(identity_attributes)};

/* Two objects of one list, and their imports; the name is not null. */
static ResourceTexts found(bool omits_null, Arena *arena) {
    ResourceTexts out = {0};
    const char *names[] = {"a", "${b}"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Value *items = arena_new_array(arena, Value, 2);
        items[0] = value_from_cstr(names[i]);
        items[1] = value_null(&TYPE_STRING);
        ResourceText text = {
            .type = STR("t_thing"),
            .name = i == 0 ? STR("l_0") : STR("l_1"),
            .id = STR("list.t_thing.l"),
            .provider = STR("t"),
            .schema = &identity,
            .object = value_object_of(schema_implied_type(&identity), items),
            .omits_null = omits_null,
            .identity_schema = &identity,
            .identity = value_object_of(schema_implied_type(&identity), items),
            .is_continued = i > 0,
        };
        vec_push(arena, &out, text);
    }
    return out;
}

static void imports(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ResourceTexts texts = found(false, arena);
    check_str(resource_text_file(&texts, RESOURCE_TEXT_NATIVE, STR("loam"), arena),
              "# __generated__ by loam\n"
              "# Please review these resources and move them into your main configuration files.\n"
              "\n"
              "# __generated__ by loam from \"list.t_thing.l\"\n"
              "resource \"t_thing\" \"l_0\" {\n"
              "  provider = t\n"
              "  name     = \"a\"\n"
              "  zone     = null\n"
              "}\n"
              "\n"
              "import {\n"
              "  to       = t_thing.l_0\n"
              "  provider = t\n"
              "  identity = {\n"
              "    name = \"a\"\n"
              "    zone = null\n"
              "  }\n"
              "}\n"
              "\n"
              "resource \"t_thing\" \"l_1\" {\n"
              "  provider = t\n"
              "  name     = \"$${b}\"\n"
              "  zone     = null\n"
              "}\n"
              "\n"
              "import {\n"
              "  to       = t_thing.l_1\n"
              "  provider = t\n"
              "  identity = {\n"
              "    name = \"$${b}\"\n"
              "    zone = null\n"
              "  }\n"
              "}\n");
    texts = found(true, arena);
    check_str(resource_text_import(&texts.items[1], arena), "import {\n"
                                                            "  to       = t_thing.l_1\n"
                                                            "  provider = t\n"
                                                            "  identity = {\n"
                                                            "    name = \"$${b}\"\n"
                                                            "  }\n"
                                                            "}");
    check_str(resource_text_file(&texts, RESOURCE_TEXT_YAML, STR("loam"), arena),
              "# __generated__ by loam\n"
              "# Please review these resources and move them into your main configuration files.\n"
              "resource:\n"
              "  t_thing:\n"
              "    # __generated__ by loam from \"list.t_thing.l\"\n"
              "    l_0:\n"
              "      provider: t\n"
              "      name: \"a\"\n"
              "    # __generated__ by loam from \"list.t_thing.l\"\n"
              "    l_1:\n"
              "      provider: t\n"
              "      name: \"$${b}\"\n"
              "import:\n"
              "  - to: t_thing.l_0\n"
              "    provider: t\n"
              "    identity:\n"
              "      name: \"a\"\n"
              "  - to: t_thing.l_1\n"
              "    provider: t\n"
              "    identity:\n"
              "      name: \"$${b}\"\n");
}

UNIT_MAIN(test_resource_text) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_native), cmocka_unit_test(writes_yaml),
        cmocka_unit_test(omits_null),    cmocka_unit_test(writes_texts),
        cmocka_unit_test(imports),       cmocka_unit_test(writes_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
