/* Defaults replace null values of the configuration. */
#include "unit.h"

#include "json.h"
#include "schema.h"

static const Attribute disk_attributes[] = {
    {"bus", &TYPE_STRING, OPTIONAL | COMPUTED, "Bus.", NULL, "\"virtio\""},
    {"size", &TYPE_NUMBER, OPTIONAL, "Bytes.", NULL, NULL},
};

static const NestedObject list = {NESTED_OBJECT(NEST_LIST, disk_attributes)};
static const NestedObject set = {NESTED_OBJECT(NEST_SET, disk_attributes)};
static const NestedObject map = {NESTED_OBJECT(NEST_MAP, disk_attributes)};
static const NestedObject one = {NESTED_OBJECT(NEST_SINGLE, disk_attributes)};

static const Attribute attributes[] = {
    {"memory", &TYPE_NUMBER, OPTIONAL | COMPUTED, "MiB.", NULL, "512"},
    {"name", &TYPE_STRING, REQUIRED, "Name.", NULL, NULL},
    {"tags", &TYPE_LIST_OF_STRING, OPTIONAL | COMPUTED, "Tags.", NULL, "[\"a\"]"},
    {"list", NULL, OPTIONAL, "Disks.", &list, NULL},
    {"set", NULL, OPTIONAL, "Disks.", &set, NULL},
    {"map", NULL, OPTIONAL, "Disks.", &map, NULL},
    {"one", NULL, OPTIONAL | COMPUTED, "Disk.", &one, "{\"size\":1}"},
};

static const Block blocks[] = {
    {
        .name = "block",
        .nesting = NEST_LIST,
        .schema = {SCHEMA_ATTRIBUTES(disk_attributes)},
    },
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};
static const Schema plain = {SCHEMA_BLOCKS(blocks)};

static Value object_of(const Schema *of, const char *json, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = NULL;
    Value v;
    if (!json_read_typed(&reader, json_next(&reader), schema_implied_type(of), &v, &error, arena)) {
        fail_msg("%s: %s", json, error);
    }
    return v;
}

/* Elements of a set that a default makes equal are merged (last case but one). */
static void filled_in(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    /* clang-format off */
    static const struct {
        const char *config;
        const char *wanted;
    } cases[] = {
        {
            .config = "{\"block\":[]}",
            .wanted = "{\"memory\":512,\"tags\":[\"a\"],\"one\":{\"size\":1,\"bus\":\"virtio\"},"
                      "\"block\":[]}",
        },
        {
            .config = "{\"memory\":1,\"tags\":[],\"one\":{\"bus\":\"ide\"}}",
            .wanted = "{\"memory\":1,\"tags\":[],\"one\":{\"bus\":\"ide\"}}",
        },
        {
            .config = "{\"memory\":1,\"tags\":[],\"one\":{\"bus\":\"ide\"},\"list\":[{},{\"bus\":\"x\"}],"
                      "\"map\":{\"k\":{}},\"block\":[{}]}",
            .wanted = "{\"memory\":1,\"tags\":[],\"one\":{\"bus\":\"ide\"},\"list\":[{\"bus\":"
                      "\"virtio\"},"
                      "{\"bus\":\"x\"}],\"map\":{\"k\":{\"bus\":\"virtio\"}},\"block\":[{\"bus\":"
                      "\"virtio\"}]}",
        },
        {
            .config = "{\"memory\":1,\"tags\":[],\"one\":{\"bus\":\"ide\"},\"set\":[{},{\"bus\":"
                      "\"virtio\"}]}",
            .wanted = "{\"memory\":1,\"tags\":[],\"one\":{\"bus\":\"ide\"},\"set\":[{\"bus\":"
                      "\"virtio\"}]}",
        },
        {
            .config = "null",
            .wanted = "null",
        },
    };
    /* clang-format on */
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value got =
            schema_apply_defaults(&schema, object_of(&schema, cases[i].config, arena), arena);
        Value wanted = object_of(&schema, cases[i].wanted, arena);
        check_str_equal(value_display(got, 0, arena), value_display(wanted, 0, arena));
        assert_true(value_equal(got, wanted));
        assert_ptr_equal(got.type, wanted.type);
    }
}

static void unchanged_is_the_same(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value config = object_of(&plain, "{\"block\":[{\"bus\":\"x\"}]}", arena);
    assert_ptr_equal(schema_apply_defaults(&plain, config, arena).as.items, config.as.items);
}

static void marks_and_unknowns_stay(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value config = object_of(&schema, "{\"name\":\"x\",\"list\":[{}]}", arena);
    Paths paths = {0};
    vec_push(arena, &paths, path_attribute((Path){0}, STR("list"), arena));
    vec_push(arena, &paths, path_attribute((Path){0}, STR("name"), arena));
    config = path_mark(config, &paths, MARK_SENSITIVE, arena);
    Path memory = path_attribute((Path){0}, STR("memory"), arena);
    config = path_set(config, memory, value_unknown(&TYPE_NUMBER), arena);
    Value got = schema_apply_defaults(&schema, config, arena);
    assert_true(value_has_mark(value_attribute(got, STR("list")), MARK_SENSITIVE));
    assert_true(value_has_mark(value_attribute(got, STR("name")), MARK_SENSITIVE));
    assert_false(value_is_known(value_attribute(got, STR("memory"))));
    Value first = value_at(value_attribute(got, STR("list")), 0);
    check_str(value_text(value_attribute(first, STR("bus"))), "virtio");
}

/* A provider may leave out collections of blocks, at any depth. */
static void blocks_are_filled(void **) {
    static const Block inner[] = {
        {.name = "in", .nesting = NEST_SET, .schema = {SCHEMA_ATTRIBUTES(disk_attributes)}},
    };
    static const Block outer[] = {
        {.name = "one", .nesting = NEST_SINGLE, .schema = {SCHEMA_BLOCKS(inner)}},
        {.name = "list", .nesting = NEST_LIST, .schema = {SCHEMA_BLOCKS(inner)}},
        {.name = "map", .nesting = NEST_MAP, .schema = {SCHEMA_BLOCKS(inner)}},
    };
    static const Schema of = {SCHEMA_BLOCKS(outer)};
    static const char *const cases[][2] = {
        {"{}", "{\"list\":[],\"map\":{}}"},
        {"{\"one\":{},\"list\":[{},{\"in\":[]}],\"map\":{\"k\":{}}}",
         "{\"one\":{\"in\":[]},\"list\":[{\"in\":[]},{\"in\":[]}],\"map\":{\"k\":{\"in\":[]}}}"},
        {"{\"one\":{\"in\":[]},\"list\":[],\"map\":{}}",
         "{\"one\":{\"in\":[]},\"list\":[],\"map\":{}}"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Value before = object_of(&of, cases[i][0], arena);
        Value filled = schema_fill_blocks(&of, before, arena);
        Value wanted = object_of(&of, cases[i][1], arena);
        if (!value_equal(filled, wanted))
            fail_msg("%zu: %.*s", i, STR_ARG(value_display(filled, 0, arena)));
        assert_int_equal(filled.as.items == before.as.items, value_equal(before, wanted));
    }
    assert_true(
        value_is_null(schema_fill_blocks(&of, value_null(schema_implied_type(&of)), arena)));
}

/* Nested objects get their defaults, whether some, all or none of their attributes have one. */
static void some_all_or_none(void **) {
    static const Attribute all[] = {{"a", &TYPE_STRING, OPTIONAL | COMPUTED, "A.", NULL, "\"x\""}};
    static const Attribute none[] = {{"a", &TYPE_STRING, OPTIONAL, "A.", NULL, NULL}};
    static const NestedObject full = {NESTED_OBJECT(NEST_LIST, all)};
    static const NestedObject bare = {NESTED_OBJECT(NEST_LIST, none)};
    static const Attribute outer[] = {
        {"some", NULL, OPTIONAL, "Some.", &list, NULL},
        {"all", NULL, OPTIONAL, "All.", &full, NULL},
        {"none", NULL, OPTIONAL, "None.", &bare, NULL},
    };
    static const Schema of = {SCHEMA_ATTRIBUTES(outer)};
    SCOPED(ArenaRef) arena = arena_open("test");
    Value config =
        object_of(&of, "{\"some\":[{}],\"all\":[{},{\"a\":\"y\"}],\"none\":[{}]}", arena);
    Value wanted = object_of(&of,
                             "{\"some\":[{\"bus\":\"virtio\"}],\"all\":[{\"a\":\"x\"},{\"a\":"
                             "\"y\"}],\"none\":[{}]}",
                             arena);
    assert_true(value_equal(schema_apply_defaults(&of, config, arena), wanted));
}

UNIT_MAIN(test_schema_defaults) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_all_or_none),
        cmocka_unit_test(blocks_are_filled),
        cmocka_unit_test(filled_in),
        cmocka_unit_test(unchanged_is_the_same),
        cmocka_unit_test(marks_and_unknowns_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
