/* The default plan of the framework. In the expected texts "?" is an unknown string. */
#include "unit.h"

#include "json.h"
#include "resource_type.h"

static const Attribute disk_attributes[] = {
    {"size", &TYPE_STRING, OPTIONAL, "Size."},
    {"path", &TYPE_STRING, COMPUTED, "Where it is."},
    {"bus", &TYPE_STRING, OPTIONAL | COMPUTED, "Bus."},
};

static const NestedObject list = {NESTED_OBJECT(NEST_LIST, disk_attributes)};
static const NestedObject map = {NESTED_OBJECT(NEST_MAP, disk_attributes)};
static const NestedObject set = {NESTED_OBJECT(NEST_SET, disk_attributes)};

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name.", NULL},
    {"id", &TYPE_STRING, COMPUTED, "Identity.", NULL},
    {"etag", &TYPE_STRING, COMPUTED | CHANGES_ON_UPDATE, "Changes.", NULL},
    {"zone", &TYPE_STRING, OPTIONAL | COMPUTED, "Zone.", NULL},
    {"time", &TYPE_STRING, OPTIONAL | COMPUTED | CHANGES_ON_UPDATE, "Time.", NULL},
    {"list", NULL, OPTIONAL, "Disks.", &list},
    {"map", NULL, OPTIONAL, "Disks.", &map},
    {"set", NULL, OPTIONAL, "Disks.", &set},
};

static const Block blocks[] = {
    {
        .name = "one",
        .nesting = NEST_SINGLE,
        .schema = {SCHEMA_ATTRIBUTES(disk_attributes)},
    },
    {
        .name = "rows",
        .nesting = NEST_LIST,
        .schema = {SCHEMA_ATTRIBUTES(disk_attributes)},
    },
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

static Value to_unknown(Value v, void *, Arena *) {
    bool is_mark =
        v.type->kind == KIND_STRING && value_is_present(v) && str_equal_cstr(value_text(v), "?");
    return is_mark ? value_unknown(&TYPE_STRING) : v;
}

static Value object_of(const char *json, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const char *error = NULL;
    Value v;
    const Type *type = schema_implied_type(&schema);
    if (!json_read_typed(&reader, json_next(&reader), type, &v, &error, arena)) {
        fail_msg("%s: %s", json, error);
    }
    return value_transform(v, to_unknown, NULL, arena);
}

typedef struct Case {
    const char *prior;
    const char *config;
    const char *proposed;
    const char *planned;
} Case;

static void check_cases(const Case *cases, size_t count) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < count; i++) {
        PlanRequest request = {
            .prior = object_of(cases[i].prior, arena),
            .config = object_of(cases[i].config, arena),
            .proposed = object_of(cases[i].proposed, arena),
        };
        Value wanted = object_of(cases[i].planned, arena);
        Value planned = resource_plan_object(&schema, &request, arena);
        check_str_equal(value_display(planned, 0, arena), value_display(wanted, 0, arena));
        assert_true(value_equal(planned, wanted));
    }
}

/* In the third case the zone is a default. */
static void create(void **) {
    static const Case cases[] = {
        {
            .prior = "null",
            .config = "{\"name\":\"a\"}",
            .proposed = "{\"name\":\"a\"}",
            .planned = "{\"name\":\"a\",\"id\":\"?\",\"etag\":\"?\",\"zone\":\"?\",\"time\":\"?\"}",
        },
        {
            .prior = "null",
            .config = "{\"name\":\"?\",\"zone\":\"z\",\"time\":\"t\"}",
            .proposed = "{\"name\":\"?\",\"zone\":\"z\",\"time\":\"t\"}",
            .planned = "{\"name\":\"?\",\"id\":\"?\",\"etag\":\"?\",\"zone\":\"z\",\"time\":\"t\"}",
        },
        {
            .prior = "null",
            .config = "{\"name\":\"a\"}",
            .proposed = "{\"name\":\"a\",\"zone\":\"z\"}",
            .planned = "{\"name\":\"a\",\"id\":\"?\",\"etag\":\"?\",\"zone\":\"z\",\"time\":\"?\"}",
        },
        {
            .prior = "null",
            .config = "{\"list\":[{\"bus\":\"b\"}],\"map\":{\"k\":{}},\"set\":[{\"size\":\"1\"}],"
                      "\"one\":{},\"rows\":[{},{}]}",
            .proposed = "{\"list\":[{\"bus\":\"b\"}],\"map\":{\"k\":{}},\"set\":[{\"size\":\"1\"}],"
                        "\"one\":{},\"rows\":[{},{}]}",
            .planned = "{\"id\":\"?\",\"etag\":\"?\",\"zone\":\"?\",\"time\":\"?\",\"list\":[{"
                       "\"bus\":\"b\",\"path\":\"?\"}],"
                       "\"map\":{\"k\":{\"path\":\"?\",\"bus\":\"?\"}},"
                       "\"set\":[{\"size\":\"1\",\"path\":\"?\",\"bus\":\"?\"}],\"one\":{\"path\":"
                       "\"?\",\"bus\":\"?\"},"
                       "\"rows\":[{\"path\":\"?\",\"bus\":\"?\"},{\"path\":\"?\",\"bus\":\"?\"}]}",
        },
    };
    check_cases(cases, ARRAY_COUNT(cases));
}

/* Configured attributes change only with the configuration (in the second case time passes). New
 * elements are created, old ones keep their computed values; null in the prior object stays null.
 */
static void update(void **) {
    /* clang-format off */
    static const Case cases[] = {
        {
            .prior = "{\"name\":\"a\",\"id\":\"1\",\"etag\":\"e\",\"zone\":\"z\",\"time\":\"t\"}",
            .config = "{\"name\":\"b\"}",
            .proposed = "{\"name\":\"b\",\"id\":\"1\",\"etag\":\"e\",\"zone\":\"z\",\"time\":\"t\"}",
            .planned = "{\"name\":\"b\",\"id\":\"1\",\"etag\":\"?\",\"zone\":\"z\",\"time\":\"?\"}",
        },
        {
            .prior = "{\"name\":\"a\",\"id\":\"1\",\"etag\":\"e\"}",
            .config = "{\"name\":\"b\",\"time\":\"t\"}",
            .proposed = "{\"name\":\"b\",\"id\":\"1\",\"etag\":\"e\",\"time\":\"t\"}",
            .planned = "{\"name\":\"b\",\"id\":\"1\",\"etag\":\"?\",\"time\":\"t\"}",
        },
        {
            .prior = "{\"list\":[{\"size\":\"1\",\"path\":\"p\",\"bus\":\"b\"}]}",
            .config = "{\"list\":[{\"size\":\"2\"},{\"size\":\"3\"}],\"time\":\"t\"}",
            .proposed = "{\"list\":[{\"size\":\"2\",\"path\":\"p\",\"bus\":\"b\"},{\"size\":\"3\"}]"
                        ",\"time\":\"t\"}",
            .planned = "{\"list\":[{\"size\":\"2\",\"path\":\"p\",\"bus\":\"b\"},"
                       "{\"size\":\"3\",\"path\":\"?\",\"bus\":\"?\"}],\"etag\":\"?\",\"time\":\"t\"}",
        },
        {
            .prior = "{\"map\":{\"a\":{\"path\":\"p\"}},\"time\":\"t\"}",
            .config = "{\"map\":{\"a\":{\"size\":\"1\"},\"b\":{}},\"time\":\"t\"}",
            .proposed = "{\"map\":{\"a\":{\"size\":\"1\",\"path\":\"p\"},\"b\":{}},\"time\":\"t\"}",
            .planned = "{\"map\":{\"a\":{\"size\":\"1\",\"path\":\"p\"},\"b\":{\"path\":\"?\","
                       "\"bus\":\"?\"}},"
                       "\"etag\":\"?\",\"time\":\"t\"}",
        },
        {
            .prior = "{\"set\":[{\"size\":\"1\",\"path\":\"p\"}],\"time\":\"t\"}",
            .config = "{\"set\":[{\"size\":\"1\"},{\"size\":\"2\"}],\"time\":\"t\"}",
            .proposed = "{\"set\":[{\"size\":\"1\",\"path\":\"p\"},{\"size\":\"2\"}],\"time\":\"t\"}",
            .planned = "{\"set\":[{\"size\":\"1\",\"path\":\"p\"},{\"size\":\"2\",\"path\":\"?\","
                       "\"bus\":\"?\"}],"
                       "\"etag\":\"?\",\"time\":\"t\"}",
        },
        {
            .prior = "{\"one\":{\"path\":\"p\"},\"time\":\"t\"}",
            .config = "{\"time\":\"t\"}",
            .proposed = "{\"time\":\"t\"}",
            .planned = "{\"etag\":\"?\",\"time\":\"t\"}",
        },
        {
            .prior = "{\"name\":\"a\",\"id\":\"1\"}",
            .config = "null",
            .proposed = "null",
            .planned = "null",
        },
    };
    /* clang-format on */
    check_cases(cases, ARRAY_COUNT(cases));
}

static void no_difference_is_prior(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const char *text = "{\"name\":\"a\",\"id\":\"1\",\"etag\":\"e\"}";
    PlanRequest request = {
        .prior = object_of(text, arena),
        .config = object_of("{\"name\":\"a\"}", arena),
        .proposed = object_of(text, arena),
    };
    Value planned = resource_plan_object(&schema, &request, arena);
    assert_ptr_equal(planned.as.items, request.prior.as.items);
}

UNIT_MAIN(test_resource_plan) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(create),
        cmocka_unit_test(update),
        cmocka_unit_test(no_difference_is_prior),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
