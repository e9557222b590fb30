/* provisioner: found by name; conflicting arguments. */
#include "json.h"
#include "provisioner.h"
#include "unit.h"

static const Attribute attributes[] = {
    {"a", &TYPE_STRING, OPTIONAL, "One."},
    {"b", &TYPE_STRING, OPTIONAL, "Two."},
    {"c", &TYPE_STRING, OPTIONAL, "Three."},
};
static const char *const one_of_two[] = {"a", "b", NULL};
static const char *const one_of_three[] = {"a", "b", "c", NULL};
static const ProvisionerType two = {
    .name = "two",
    .schema = {SCHEMA_ATTRIBUTES(attributes)},
    .one_of = one_of_two,
};
static const ProvisionerType three = {
    .name = "three",
    .schema = {SCHEMA_ATTRIBUTES(attributes)},
    .one_of = one_of_three,
};
static const ProvisionerType free_one = {.name = "free", .schema = {SCHEMA_ATTRIBUTES(attributes)}};
static const ProvisionerType *const rows[] = {&two, &three, &free_one};
static const ProvisionerTable table = {rows, ARRAY_COUNT(rows)};

static const struct {
    const ProvisionerType *type;
    const char *config;
    const char *said; /* NULL: no error */
} cases[] = {
    {&two, "{\"a\":\"x\"}", NULL},
    {&two, "{\"b\":\"x\",\"c\":\"y\"}", NULL},
    {&two, "{}", "requires one of \"a\" and \"b\", and this one has none"},
    {&two, "{\"a\":\"x\",\"b\":\"y\"}", "and this one has several"},
    {&three, "{\"c\":\"x\"}", NULL},
    {&three, "{}", "one of \"a\", \"b\" and \"c\", and this one has none"},
    {&free_one, "{}", NULL},
};

static void checks(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        JsonReader reader = json_reader_new(str_from_cstr(cases[i].config), arena);
        const Type *type = schema_implied_type(&cases[i].type->schema);
        const char *error;
        Value config;
        assert_true(json_read_typed(&reader, json_next(&reader), type, &config, &error, arena));
        Diags diags = diags_new(arena);
        assert_int_equal(provisioner_check(cases[i].type, config, NO_RANGE, &diags),
                         !cases[i].said);
        assert_int_equal(diags.count, cases[i].said != NULL);
        if (cases[i].said &&
            str_find(diags.items[0].detail, str_from_cstr(cases[i].said), 0) == SIZE_MAX)
            fail_msg("%.*s", STR_ARG(diags.items[0].detail));
    }
}

static void finds(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    assert_ptr_equal(provisioner_find(&table, STR("three")), &three);
    assert_null(provisioner_find(&table, STR("thre")));
    assert_null(provisioner_find(NULL, STR("three")));
    check_str(provisioner_names(&table, arena), "\"two\", \"three\" and \"free\"");
    assert_non_null(schema_find_attribute(&provisioner_connection, STR("host")));
}

UNIT_MAIN(test_provisioner) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(checks), cmocka_unit_test(finds)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
