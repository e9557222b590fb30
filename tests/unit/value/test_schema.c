/* Implied types, the type cache, lookups, the empty object. */
#include "unit.h"

#include "schema.h"
#include "thread.h"

static const Attribute disk_attributes[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "Bytes."},
    {"id", &TYPE_STRING, COMPUTED, "Given by the host."},
};

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name."},
    {"tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Tags."},
    {.name = "disks", .flags = OPTIONAL, .nested = NESTED(NEST_LIST, disk_attributes)},
    {.name = "boot", .flags = OPTIONAL, .nested = NESTED(NEST_SINGLE, disk_attributes)},
};

static const Attribute any_attributes[] = {
    {"value", &TYPE_DYNAMIC, OPTIONAL, "Anything."},
};

static const Block blocks[] = {
    {.name = "timeouts", .nesting = NEST_SINGLE, .schema = {SCHEMA_ATTRIBUTES(disk_attributes)}},
    {.name = "port", .nesting = NEST_SET, .schema = {SCHEMA_ATTRIBUTES(disk_attributes)}},
    {.name = "rule", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(any_attributes)}},
    {.name = "key", .nesting = NEST_MAP, .schema = {SCHEMA_ATTRIBUTES(disk_attributes)}},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

static void implied_type(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(type_to_constraint(schema_implied_type(&schema), arena),
              "object({boot=object({id=string, size=number}), disks=list(object({id=string, "
              "size=number})), key=map(object({id=string, size=number})), name=string, "
              "port=set(object({id=string, size=number})), rule=any, tags=map(string), "
              "timeouts=object({id=string, size=number})})");
}

static void types_are_interned(void **) {
    const Type *type = schema_implied_type(&schema);
    assert_true(type->interned);
    assert_ptr_equal(type, schema_implied_type(&schema));
    Schema same = schema;
    assert_ptr_equal(type, schema_implied_type(&same));
    same.block_count = 0;
    assert_ptr_not_equal(type, schema_implied_type(&same));
    size_t i = 0;
    assert_true(type_find_attribute(type, STR("disks"), &i));
    assert_ptr_equal(type_at(type, i), attribute_implied_type(&attributes[2]));
    assert_ptr_equal(attribute_implied_type(&attributes[0]), &TYPE_STRING);
}

/* A schema on the stack may get other tables: each of them makes another type. */
static void types_follow_the_tables(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Schema changing = {.attributes = disk_attributes, .attribute_count = 1};
    for (int i = 0; i < 2; i++) {
        changing = (Schema){.attributes = disk_attributes, .attribute_count = 1};
        check_str(type_to_constraint(schema_implied_type(&changing), arena),
                  "object({size=number})");
        changing.attribute_count = 2;
        check_str(type_to_constraint(schema_implied_type(&changing), arena),
                  "object({id=string, size=number})");
        changing.attributes = attributes;
        check_str(type_to_constraint(schema_implied_type(&changing), arena),
                  "object({name=string, tags=map(string)})");
        changing.blocks = blocks + 2;
        changing.block_count = 1;
        check_str(type_to_constraint(schema_implied_type(&changing), arena),
                  "object({name=string, rule=any, tags=map(string)})");
        changing.blocks = blocks + 3;
        check_str(type_to_constraint(schema_implied_type(&changing), arena),
                  "object({key=map(object({id=string, size=number})), name=string, "
                  "tags=map(string)})");
        changing.block_count = 0;
        check_str(type_to_constraint(schema_implied_type(&changing), arena),
                  "object({name=string, tags=map(string)})");
    }
}

static void lookup(void **) {
    assert_ptr_equal(schema_find_attribute(&schema, STR("tags")), &attributes[1]);
    assert_null(schema_find_attribute(&schema, STR("port")));
    assert_ptr_equal(schema_find_block(&schema, STR("port")), &blocks[1]);
    assert_null(schema_find_block(&schema, STR("tags")));
}

static bool is_sensitive(const Attribute *attribute) {
    return (attribute->flags & SENSITIVE) != 0;
}

static const Attribute plain[] = {{"x", &TYPE_STRING, OPTIONAL, "X."}};
static const Attribute secret[] = {{"y", &TYPE_STRING, OPTIONAL | SENSITIVE, "Y."}};
static const Attribute holds_plain[] = {{"o", NULL, OPTIONAL, "O.", NESTED(NEST_LIST, plain)}};
static const Attribute holds_secret[] = {{"o", NULL, OPTIONAL, "O.", NESTED(NEST_LIST, secret)}};
static const Block inner[] = {{"b", NEST_SET, {SCHEMA_ATTRIBUTES(holds_secret)}, 0, 0}};
static const Block outer[] = {
    {"c", NEST_MAP, {SCHEMA_ATTRIBUTES(plain), SCHEMA_BLOCKS(inner)}, 0, 0}};

static void attributes_are_sought_at_any_depth(void **) {
    const struct {
        Schema schema;
        bool wanted;
    } cases[] = {
        {{0}, false},
        {{SCHEMA_ATTRIBUTES(plain)}, false},
        {{SCHEMA_ATTRIBUTES(secret)}, true},
        {{SCHEMA_ATTRIBUTES(holds_plain)}, false},
        {{SCHEMA_ATTRIBUTES(holds_secret)}, true},
        {{SCHEMA_ATTRIBUTES(plain), SCHEMA_BLOCKS(outer)}, true},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++)
        assert_int_equal(schema_has(&cases[i].schema, is_sensitive), cases[i].wanted);
    Schema members = holds_secret[0].nested->schema;
    assert_ptr_equal(schema_find_attribute(&members, STR("y")), &secret[0]);
}

static void empty_value(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value empty = schema_empty_value(&schema, arena);
    Schema settled = {SCHEMA_ATTRIBUTES(attributes), .blocks = blocks, .block_count = 2};
    assert_ptr_equal(schema_empty_value(&settled, arena).type, schema_implied_type(&settled));
    check_str(type_to_constraint(value_attribute(empty, STR("rule")).type, arena), "tuple([])");
    static const char *const nulls[] = {"name", "tags", "disks", "boot", "timeouts"};
    for (size_t i = 0; i < ARRAY_COUNT(nulls); i++) {
        assert_true(value_is_null(value_attribute(empty, str_from_cstr(nulls[i]))));
    }
    static const char *const empties[] = {"port", "rule", "key"};
    for (size_t i = 0; i < ARRAY_COUNT(empties); i++) {
        Value v = value_attribute(empty, str_from_cstr(empties[i]));
        assert_true(value_is_present(v));
        assert_int_equal(v.count, 0);
    }
}

static void empty_group(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const Block groups[] = {
        {.name = "one", .schema = {SCHEMA_ATTRIBUTES(holds_secret)}, .is_group = true},
    };
    static const Schema of_groups = {SCHEMA_BLOCKS(groups)};
    Value one = value_attribute(schema_empty_value(&of_groups, arena), STR("one"));
    assert_true(value_is_present(one));
    assert_true(value_is_null(value_at(one, 0)));
}

static void ask_often(void *payload) {
    const Type **first = payload;
    for (int i = 0; i < 1000; i++)
        *first = schema_implied_type(&schema);
}

static void threads_share_it(void **) {
    const Type *types[4] = {0};
    Thread *threads[4];
    for (size_t i = 0; i < 4; i++)
        threads[i] = thread_start(THREAD_WALK_WORKER, ask_often, &types[i]);
    for (size_t i = 0; i < 4; i++)
        thread_join(threads[i]);
    for (size_t i = 0; i < 4; i++)
        assert_ptr_equal(types[i], schema_implied_type(&schema));
}

static void sorted(void **) {
    static const char *const names[] = {"boot", "disks", "name", "tags"};
    static const Schema nothing = {SCHEMA_BLOCKS(blocks)};
    SCOPED(ArenaRef) arena = arena_open("test");
    const Attribute **list = schema_sorted_attributes(&schema, arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++)
        assert_string_equal(list[i]->name, names[i]);
    (void)schema_sorted_attributes(&nothing, arena);
}

static const Attribute leaf_attributes[] = {
    {"a", &TYPE_STRING, REQUIRED, "A."},
    {"b", &TYPE_NUMBER, OPTIONAL, "B."},
    {"c", &TYPE_BOOL, COMPUTED, "C."},
};
static const Attribute branch_attributes[] = {
    {"d", NULL, REQUIRED, "D.", NESTED(NEST_MAP, leaf_attributes)},
    {"e", &TYPE_LIST_OF_STRING, OPTIONAL, "E."},
};

static const Attribute arguments[] = {
    {"x", &TYPE_STRING, REQUIRED, "X."},
    {"x", &TYPE_DYNAMIC, OPTIONAL, "X."},
    {"x", NULL, OPTIONAL, "X.", NESTED(NEST_SINGLE, leaf_attributes)},
    {"x", NULL, OPTIONAL, "X.", NESTED(NEST_LIST, leaf_attributes)},
    {"x", NULL, OPTIONAL, "X.", NESTED(NEST_SET, branch_attributes)},
};

/* The type of an argument: of nested objects, the arguments that are not required are optional. */
static void configured_types(void **) {
    static const char branches[] =
        "set(object({d=map(object({a=string, b=optional(number), c=optional(bool)})), "
        "e=optional(list(string))}))";
    static const char *const types[] = {
        "string",
        "any",
        "object({a=string, b=optional(number), c=optional(bool)})",
        "list(object({a=string, b=optional(number), c=optional(bool)}))",
        branches,
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(arguments); i++)
        check_str(type_to_constraint(attribute_configured_type(&arguments[i], arena), arena),
                  types[i]);
}

UNIT_MAIN(test_schema) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sorted),
        cmocka_unit_test(threads_share_it), /* first, while the cache is cold */
        cmocka_unit_test(implied_type),
        cmocka_unit_test(types_are_interned),
        cmocka_unit_test(types_follow_the_tables),
        cmocka_unit_test(attributes_are_sought_at_any_depth),
        cmocka_unit_test(lookup),
        cmocka_unit_test(configured_types),
        cmocka_unit_test(empty_value),
        cmocka_unit_test(empty_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
