/* Sensitive paths, and paths that force a replacement. */
#include "unit.h"

#include "json.h"
#include "schema.h"

static bool shrinks(Value prior, Value planned) {
    int64_t old = 0;
    int64_t new = 0;
    return value_is_present(prior) && value_is_present(planned) && value_to_int(prior, &old) &&
           value_to_int(planned, &new) && new < old;
}

static const Attribute disk_attributes[] = {
    {"size", &TYPE_NUMBER, OPTIONAL, "Bytes."},
    {"pool", &TYPE_STRING, OPTIONAL | FORCES_NEW, "Pool."},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "Key."},
};

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name."},
    {"memory", &TYPE_NUMBER, OPTIONAL, "MiB."},
    {"size", &TYPE_NUMBER, OPTIONAL, "Bytes.", .forces_new = shrinks},
    {"token", &TYPE_STRING, OPTIONAL | SENSITIVE, "Token."},
    {.name = "one", .flags = OPTIONAL, .nested = NESTED(NEST_SINGLE, disk_attributes)},
    {.name = "list", .flags = OPTIONAL, .nested = NESTED(NEST_LIST, disk_attributes)},
    {.name = "set", .flags = OPTIONAL, .nested = NESTED(NEST_SET, disk_attributes)},
    {.name = "map", .flags = OPTIONAL, .nested = NESTED(NEST_MAP, disk_attributes)},
    {.name = "hard", .flags = OPTIONAL | FORCES_NEW, .nested = NESTED(NEST_LIST, disk_attributes)},
};

static const Block blocks[] = {
    {.name = "block", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(disk_attributes)}},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

static Value object_of(const char *json, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = NULL;
    Value v;
    const Type *type = schema_implied_type(&schema);
    if (!json_read_typed(&reader, json_next(&reader), type, &v, &error, arena)) {
        fail_msg("%s: %s", json, error);
    }
    return v;
}

static Str paths_text(const Paths *paths, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    vec_each(paths, path) {
        if (buf.len > 0)
            strbuf_add_char(&buf, ' ');
        strbuf_add(&buf, path_to_str(*path, arena));
    }
    return strbuf_str(&buf);
}

static void sensitive(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"{}", ".token"},
        {"{\"one\":{},\"list\":[{},{}],\"map\":{\"k\":{}}}",
         ".token .one.secret .list[0].secret .list[1].secret .map[\"k\"].secret"},
        {"{\"set\":[{\"secret\":\"x\"}],\"block\":[{}]}", ".token .set .block[0].secret"},
        {"{\"set\":[]}", ".token"},
        {"null", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Paths paths = {0};
        schema_sensitive_paths(&schema, object_of(cases[i][0], arena), &paths, arena);
        check_str(paths_text(&paths, arena), cases[i][1]);
    }
}

/* Adds the name of an object whose memory is 1, without looking at other members. */
static void find_name(Value object, Paths *out, Arena *arena) {
    int64_t memory = 0;
    Value found;
    if (value_find_present(object, STR("memory"), &found) && value_to_int(found, &memory) &&
        memory == 1)
        vec_push(arena, out, path_attribute((Path){0}, STR("name"), arena));
}

static void sensitive_by_object(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Schema asking = schema;
    asking.sensitive_paths = find_name;
    static const char *const cases[][2] = {
        {"{\"memory\":1}", ".token .name"},
        {"{\"memory\":2}", ".token"},
        {"null", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Paths paths = {0};
        schema_sensitive_paths(&asking, object_of(cases[i][0], arena), &paths, arena);
        check_str(paths_text(&paths, arena), cases[i][1]);
    }
}

static void replacement(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][3] = {
        {"{\"name\":\"a\",\"memory\":1}", "{\"name\":\"a\",\"memory\":2}", ""},
        {"{\"name\":\"a\"}", "{\"name\":\"b\"}", ".name"},
        {"{\"size\":2}", "{\"size\":3}", ""},
        {"{\"size\":2}", "{\"size\":1}", ".size"},
        {"{\"one\":{\"size\":1}}", "{\"one\":{\"size\":2}}", ""},
        {"{\"one\":{\"pool\":\"a\"}}", "{\"one\":{\"pool\":\"b\"}}", ".one.pool"},
        {"{\"one\":{\"pool\":\"a\"}}", "{}", ".one.pool"},
        {"{\"one\":{\"size\":1}}", "{}", ""},
        {"{}", "{\"one\":{\"pool\":\"a\"}}", ".one.pool"},
        {"{\"list\":[{\"pool\":\"a\"}]}", "{\"list\":[{\"pool\":\"a\"},{\"pool\":\"b\"}]}",
         ".list[1].pool"},
        {"{\"list\":[{},{\"pool\":\"a\"}]}", "{\"list\":[{}]}", ".list[1].pool"},
        {"{\"list\":[{\"size\":1}]}", "{\"list\":[{\"size\":2},{}]}", ""},
        {"{\"map\":{\"a\":{\"pool\":\"x\"},\"b\":{\"pool\":\"x\"}}}",
         "{\"map\":{\"b\":{\"pool\":\"y\"},\"c\":{\"pool\":\"z\"}}}",
         ".map[\"a\"].pool .map[\"b\"].pool .map[\"c\"].pool"},
        {"{\"set\":[{\"pool\":\"a\",\"size\":1},{\"pool\":\"b\",\"size\":1}]}",
         "{\"set\":[{\"pool\":\"b\",\"size\":9},{\"pool\":\"a\",\"size\":9}]}", ""},
        {"{\"set\":[{\"pool\":\"a\"}]}", "{\"set\":[{\"pool\":\"b\"}]}", ".set"},
        {"{\"map\":{\"b\":{\"pool\":\"x\"}}}",
         "{\"map\":{\"a\":{\"pool\":\"z\"},\"b\":{\"pool\":\"x\"}}}", ".map[\"a\"].pool"},
        {"{\"map\":{\"a\":{\"pool\":\"z\"},\"b\":{\"pool\":\"x\"}}}",
         "{\"map\":{\"b\":{\"pool\":\"x\"}}}", ".map[\"a\"].pool"},
        {"{\"set\":[{\"size\":1}]}", "{\"set\":[]}", ""},
        {"{\"set\":[]}", "{\"set\":[{\"pool\":\"b\"}]}", ".set"},
        {"{\"hard\":[{\"size\":1}]}", "{\"hard\":[{\"size\":2}]}", ".hard"},
        {"{\"block\":[{\"pool\":\"a\"}]}", "{\"block\":[{\"pool\":\"b\"}]}", ".block[0].pool"},
        {"null", "{\"name\":\"b\"}", ""},
        {"{\"name\":\"b\"}", "null", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Paths paths = {0};
        Value prior = object_of(cases[i][0], arena);
        schema_replace_paths(&schema, prior, object_of(cases[i][1], arena), &paths, arena);
        Str got = paths_text(&paths, arena);
        if (!str_equal_cstr(got, cases[i][2]))
            print_error("%s to %s\n", cases[i][0], cases[i][1]);
        check_str(got, cases[i][2]);
    }
}

static Value with_unknown(const char *name, Value object, Arena *arena) {
    Path path = path_attribute((Path){0}, str_from_cstr(name), arena);
    Value old = value_attribute(object, str_from_cstr(name));
    return path_set(object, path, value_unknown(old.type), arena);
}

static void unknown_counts_as_different(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value prior = object_of("{\"name\":\"a\",\"memory\":1,\"list\":[{\"pool\":\"a\"}]}", arena);
    Paths paths = {0};
    schema_replace_paths(&schema, prior, with_unknown("memory", prior, arena), &paths, arena);
    check_str(paths_text(&paths, arena), "");
    schema_replace_paths(&schema, prior, with_unknown("name", prior, arena), &paths, arena);
    schema_replace_paths(&schema, prior, with_unknown("list", prior, arena), &paths, arena);
    check_str(paths_text(&paths, arena), ".name .list");
    /* An element of a list, which has members that replace. */
    Path element = path_index(path_attribute((Path){0}, STR("list"), arena), value_int(0), arena);
    Value item;
    Paths inner = {0};
    assert_true(path_get(prior, element, &item));
    schema_replace_paths(&schema, prior, path_set(prior, element, value_unknown(item.type), arena),
                         &inner, arena);
    check_str(paths_text(&inner, arena), ".list[0]");
}

UNIT_MAIN(test_schema_paths) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sensitive),
        cmocka_unit_test(sensitive_by_object),
        cmocka_unit_test(replacement),
        cmocka_unit_test(unknown_counts_as_different),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
