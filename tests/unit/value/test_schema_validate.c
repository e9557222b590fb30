/* Errors in a configured object. */
#include "unit.h"

#include "json.h"
#include "schema.h"

static Str no_blanks(Value value, Arena *arena) {
    Str text = value_text(value);
    if (str_find_char(text, ' ', 0) == SIZE_MAX)
        return STR_EMPTY;
    return str_format(arena, "\"%.*s\" has blanks.", STR_ARG(text));
}

static const Attribute disk_attributes[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "Bytes."},
    {"id", &TYPE_STRING, COMPUTED, "Given by the host."},
};

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name of it.", .check = no_blanks},
    {"id", &TYPE_STRING, COMPUTED, "Given by the host."},
    {"zone", &TYPE_STRING, OPTIONAL | COMPUTED, "Zone."},
    {"old", &TYPE_STRING, OPTIONAL | DEPRECATED, "Use name instead."},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "Secret.", .check = no_blanks},
    {.name = "disks", .flags = OPTIONAL, .nested = NESTED(NEST_LIST, disk_attributes)},
};

static const Attribute warned[] = {
    {"old", &TYPE_STRING, OPTIONAL | DEPRECATED | WARNS_ITSELF, "The provider warns."},
};

static const Block blocks[] = {
    {.name = "port",
     .nesting = NEST_LIST,
     .schema = {SCHEMA_ATTRIBUTES(disk_attributes)},
     .min_items = 1,
     .max_items = 2},
    {.name = "limit", .nesting = NEST_MAP, .schema = {SCHEMA_ATTRIBUTES(disk_attributes)}},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

static void provider_warns_itself(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const Schema of_warned = {SCHEMA_ATTRIBUTES(warned)};
    Diags diags = diags_new(arena);
    Value items[] = {value_from_cstr("x")};
    Value config = value_object_of(schema_implied_type(&of_warned), items);
    assert_true(schema_validate(&of_warned, config, arena, &diags));
    assert_int_equal(diags.count, 0);
}

static void deprecated_types(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const Schema types[] = {{.deprecated = "Use another."},
                                   {.deprecated = "", .is_foreign = true}};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        Diags diags = diags_new(arena);
        Value config = value_object_of(schema_implied_type(&types[i]), NULL);
        assert_true(schema_validate(&types[i], config, arena, &diags));
        assert_int_equal(diags.warning_count, types[i].is_foreign ? 0 : 1);
    }
}

static Value object_of(const Schema *of, const char *json, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = NULL;
    Value v;
    const Type *type = schema_implied_type(of);
    if (!json_read_typed(&reader, json_next(&reader), type, &v, &error, arena)) {
        fail_msg("%s: %s", json, error);
    }
    return v;
}

/* "summary at path;" for each. */
static Str diags_text(const Diags *diags, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    vec_each(diags, diag) {
        strbuf_add_format(&buf, "%.*s at %.*s;", STR_ARG(diag->summary), STR_ARG(diag->path));
    }
    return strbuf_str(&buf);
}

static void objects(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *config;
        const char *diags;
        bool is_valid;
    } cases[] = {
        {"{\"name\":\"a\",\"port\":[{\"size\":1}],\"limit\":{}}", "", true},
        {"{\"name\":\"a\",\"zone\":\"z\",\"port\":[{\"size\":1},{\"size\":2}],\"disks\":[{\"size\":"
         "1}]}",
         "", true},
        {"{\"port\":[{\"size\":1}]}", "Missing required argument at .name;", false},
        {"{\"name\":\"a b\",\"port\":[{\"size\":1}]}", "Invalid value at .name;", false},
        {"{\"name\":\"a\",\"id\":\"x\",\"port\":[{\"size\":1}]}",
         "Value for unconfigurable attribute at .id;", false},
        {"{\"name\":\"a\",\"old\":\"x\",\"port\":[{\"size\":1}]}",
         "Argument is deprecated at .old;", true},
        {"{\"name\":\"a\"}", "Too few blocks at .port;", false},
        {"{\"name\":\"a\",\"port\":[]}", "Too few blocks at .port;", false},
        {"{\"name\":\"a\",\"port\":[{\"size\":1},{\"size\":1},{\"size\":1}]}",
         "Too many blocks at .port;", false},
        {"{\"port\":[{},{\"size\":1,\"id\":\"x\"}],\"disks\":[{\"size\":1},{}],\"limit\":{\"k\":{}}"
         "}",
         "Missing required argument at .name;Missing required argument at .disks[1].size;"
         "Missing required argument at .port[0].size;Value for unconfigurable attribute at "
         ".port[1].id;"
         "Missing required argument at .limit[\"k\"].size;",
         false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Diags diags = diags_new(arena);
        bool is_valid =
            schema_validate(&schema, object_of(&schema, cases[i].config, arena), arena, &diags);
        check_str(diags_text(&diags, arena), cases[i].diags);
        assert_int_equal(is_valid, cases[i].is_valid);
    }
}

static void counts_of_blocks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        unsigned min, max;
        const char *config, *detail;
    } cases[] = {
        {1, 0, "{}", "At least 1 \"port\" block must be present."},
        {2, 0, "{\"port\":[{\"size\":1}]}", "At least 2 \"port\" blocks must be present."},
        {0, 1, "{\"port\":[{\"size\":1},{\"size\":1}]}",
         "At most 1 \"port\" block may be present; there are 2."},
        {0, 2, "{\"port\":[{\"size\":1},{\"size\":1},{\"size\":1}]}",
         "At most 2 \"port\" blocks may be present; there are 3."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Block port = blocks[0];
        port.min_items = cases[i].min;
        port.max_items = cases[i].max;
        const Schema counted = {.blocks = &port, .block_count = 1};
        Diags diags = diags_new(arena);
        Value config = object_of(&counted, cases[i].config, arena);
        assert_false(schema_validate(&counted, config, arena, &diags));
        assert_int_equal(diags.count, 1);
        check_str(diags.items[0].detail, cases[i].detail);
    }
}

static Str no_exclamation(const Attribute *attribute, Str text, bool is_key, Arena *arena) {
    if (str_find_char(text, '!', 0) == SIZE_MAX)
        return STR_EMPTY;
    return str_format(arena, "%s of %s.", is_key ? "Key" : "Text", attribute->name);
}

static const Attribute inner[] = {
    {"map", &TYPE_MAP_OF_STRING, OPTIONAL, "Texts by key."},
    {"lists", &TYPE_MAP_OF_STRING_LISTS, OPTIONAL, "Lists by key."},
    {"number", &TYPE_NUMBER, OPTIONAL, "A number."},
};
static const Attribute outer[] = {
    {"text", &TYPE_STRING, OPTIONAL, "A text."},
    {"bytes", &TYPE_STRING, OPTIONAL | ANY_TEXT, "Any bytes."},
    {"byte_map", &TYPE_MAP_OF_STRING, OPTIONAL | ANY_TEXT, "Any bytes by key."},
    {"inner", NULL, OPTIONAL, "Objects.", .nested = NESTED(NEST_LIST, inner)},
};
static const Block part = {
    .name = "part", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(inner)}};
static const Schema checked = {SCHEMA_ATTRIBUTES(outer), .blocks = &part, .block_count = 1,
                               .text_check = no_exclamation};

/* The check of all texts reaches nested objects, blocks, collections and keys. */
static void texts(void **) {
    static const struct {
        const char *config, *wanted;
    } cases[] = {
        {"{\"text\":\"a\",\"inner\":[{\"map\":{\"k\":\"v\"},\"number\":1}]}", ""},
        {"{\"text\":\"!\"}", ".text: Text of text."},
        {"{\"inner\":[{},{\"map\":{\"k\":\"!\"}}]}", ".inner[1].map: Text of map."},
        {"{\"inner\":[{\"map\":{\"!\":null}}]}", ".inner[0].map: Key of map."},
        {"{\"part\":[{\"lists\":{\"k\":[\"a\",\"!\"]}}]}", ".part[0].lists: Text of lists."},
        {"{\"text\":\"a\\u0000\"}", ".text: It contains a zero byte, which would end the text."},
        {"{\"bytes\":\"a\\u0000b\",\"byte_map\":{\"k\":\"a\\u0000\"}}", ""},
        {"{\"byte_map\":{\"\\u0000\":\"a\"}}",
         ".byte_map: It contains a zero byte, which would end the text."},
        {"{\"inner\":[{\"map\":{\"\\u0000\":null}}]}",
         ".inner[0].map: It contains a zero byte, which would end the text."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        bool ok =
            schema_validate(&checked, object_of(&checked, cases[i].config, arena), arena, &diags);
        assert_int_equal(ok, !*cases[i].wanted);
        if (ok)
            continue;
        Str detail = diags.items[0].detail;
        size_t after = str_find(detail, STR("invalid. "), 0) + strlen("invalid. ");
        check_str(str_format(arena, "%.*s: %.*s", STR_ARG(diags.items[0].path),
                             STR_ARG(str_slice(detail, after, detail.len))),
                  cases[i].wanted);
    }
}

/* Without a check of the schema, texts must still have no zero byte. An argument of any type may,
 * since its provider does not read it as one text. */
static void zero_bytes(void **) {
    static const Attribute unchecked[] = {
        {"text", &TYPE_STRING, OPTIONAL, "A text."},
        {"map", &TYPE_MAP_OF_STRING, OPTIONAL, "Texts by key."},
        {"number", &TYPE_NUMBER, OPTIONAL, "A number."},
        {"any", &TYPE_DYNAMIC, OPTIONAL, "Anything."},
        {"bytes", &TYPE_STRING, OPTIONAL | ANY_TEXT, "Any bytes."},
    };
    static const Schema plain = {SCHEMA_ATTRIBUTES(unchecked)};
    static const struct {
        const char *config;
        bool is_good;
    } cases[] = {
        {"{\"text\":\"a\",\"map\":{\"k\":\"!\"},\"number\":1}", true},
        {"{\"text\":\"a\\u0000\"}", false},
        {"{\"map\":{\"k\":\"\\u0000\"}}", false},
        {"{\"map\":{\"\\u0000\":\"a\"}}", false},
        {"{\"bytes\":\"a\\u0000\"}", true},
        {"{\"any\":{\"value\":\"a\\u0000\",\"type\":\"string\"}}", true},
        {"{\"any\":{\"value\":[\"a\\u0000\"],\"type\":[\"list\",\"string\"]}}", true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Diags diags = diags_new(arena);
        Value object = object_of(&plain, cases[i].config, arena);
        if (schema_validate(&plain, object, arena, &diags) != cases[i].is_good)
            fail_msg("%s", cases[i].config);
    }
}

/* Errors about a value of a fixed set, with and without showing the value. */
static void words(void **) {
    static const struct {
        const char *word, *wanted;
        unsigned flags;
    } cases[] = {
        {"nat", "", 0},
        {"rotue",
         "The value of \"mode\" is invalid. \"rotue\" is not an allowed value. Did you mean "
         "\"route\"?",
         0},
        {"bridge",
         "The value of \"mode\" is invalid. The value must be \"nat\", \"route\" or \"open\".", 0},
        {"nat rou",
         "The value of \"mode\" is invalid. The value must be \"nat\", \"route\" or \"open\".", 0},
        {"rotue",
         "The value of \"mode\" is invalid. The reason is hidden because the value is sensitive.",
         SENSITIVE},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const Attribute attribute = {"mode", &TYPE_STRING, OPTIONAL | cases[i].flags, "Mode.",
                                     .one_of = "nat route open"};
        const Schema one = {.attributes = &attribute, .attribute_count = 1};
        Str name = STR("mode");
        Value mode = value_from_cstr(cases[i].word);
        Diags diags = diags_new(arena);
        bool ok = schema_validate(&one, value_object(&name, &mode, 1, arena), arena, &diags);
        assert_int_equal(ok, !*cases[i].wanted);
        check_str(ok ? STR_EMPTY : diags.items[0].detail, cases[i].wanted);
    }
}

static Value with(Value object, const char *name, Value value, Arena *arena) {
    Path path = path_attribute((Path){0}, str_from_cstr(name), arena);
    return path_set(object, path, value, arena);
}

static void unknown_values_pass(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Value config = schema_empty_value(&schema, arena);
    config = with(config, "name", value_unknown(&TYPE_STRING), arena);
    config = with(config, "port", value_unknown(value_attribute(config, STR("port")).type), arena);
    assert_true(schema_validate(&schema, config, arena, &diags));
    config = with(config, "id", value_unknown(&TYPE_STRING), arena);
    assert_false(schema_validate(&schema, config, arena, &diags));
    check_str(diags_text(&diags, arena), "Value for unconfigurable attribute at .id;");
}

static void secrets_stay_out_of_messages(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Diags diags = diags_new(arena);
    Value config =
        object_of(&schema, "{\"name\":\"a\",\"secret\":\"p w\",\"port\":[{\"size\":1}]}", arena);
    Value marked = value_with_marks(value_from_cstr("p w"), MARK_SENSITIVE);
    assert_false(schema_validate(&schema, with(config, "name", marked, arena), arena, &diags));
    assert_int_equal(diags.error_count, 2);
    vec_each(&diags, diag) {
        assert_int_equal(str_find(diag->detail, STR("p w"), 0), SIZE_MAX);
    }
}

UNIT_MAIN(test_schema_validate) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(provider_warns_itself),
        cmocka_unit_test(deprecated_types),
        cmocka_unit_test(objects),
        cmocka_unit_test(counts_of_blocks),
        cmocka_unit_test(words),
        cmocka_unit_test(texts),
        cmocka_unit_test(zero_bytes),
        cmocka_unit_test(unknown_values_pass),
        cmocka_unit_test(secrets_stay_out_of_messages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
