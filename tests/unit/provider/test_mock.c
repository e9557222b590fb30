/* Mock values: generated and omitted attributes. */
#include "mock.h"
#include "object_type.h"
#include "unit.h"

static const Attribute inner[] = {
    {"key", &TYPE_STRING, OPTIONAL, "Key."},
    {"got", &TYPE_STRING, COMPUTED, "Given."},
};
static const NestedObject parts = {NESTED_OBJECT(NEST_LIST, inner)};
static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name.", NULL},
    {"maybe", &TYPE_NUMBER, OPTIONAL | COMPUTED, "Either.", NULL},
    {"text", &TYPE_STRING, COMPUTED, "Text.", NULL},
    {"flag", &TYPE_BOOL, COMPUTED, "Flag.", NULL},
    {"list", &TYPE_LIST_OF_STRING, COMPUTED, "List.", NULL},
    {"any", &TYPE_DYNAMIC, COMPUTED, "Any.", NULL},
    {"parts", NULL, OPTIONAL, "Parts.", &parts},
};

static bool real_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    (void)call, (void)request, (void)response, (void)diags;
    fail_msg("a mock called its provider");
    return false;
}

static const ResourceType real = {
    .name = "t_a", .schema = {SCHEMA_ATTRIBUTES(attributes)}, .create = real_create};

typedef struct MockCase {
    Arena *arena;
    Diags diags;
    Mock mock;
    Call call;
} MockCase;

static void open_case(MockCase *c, Value values, bool during_plan) {
    *c = (MockCase){.arena = arena_open("test")};
    c->diags = diags_new(c->arena);
    c->mock = (Mock){.type = &real.type, .values = values, .during_plan = during_plan};
    c->mock.place = STR("a.tftest.hcl");
    c->call = (Call){.type = &real.type, .arena = c->arena, .address = STR("t_a.x")};
}

static Value part(const char *key, Arena *arena) {
    Str names[] = {STR("got"), STR("key")};
    Value items[] = {value_null(&TYPE_STRING), value_from_cstr(key)};
    Value *kept = arena_new_array(arena, Value, 2);
    memcpy(kept, items, sizeof items);
    return value_object(names, kept, 2, arena);
}

/* {name: "n", parts: [{key: "p"}]} */
static Value config_of(MockCase *c) {
    Value empty = schema_empty_value(&real.schema, c->arena);
    Value *items = arena_new_array(c->arena, Value, empty.count);
    for (size_t i = 0; i < empty.count; i++) {
        Str name = value_key_at(empty, i);
        Value *one = arena_new(c->arena, Value);
        items[i] = value_at(empty, i);
        if (str_equal_cstr(name, "name"))
            items[i] = value_from_cstr("n");
        if (!str_equal_cstr(name, "parts"))
            continue;
        *one = part("p", c->arena);
        items[i] = value_list(items[i].type->element, one, 1, c->arena);
    }
    return value_with_items(empty, items, c->arena);
}

static PlanResponse plan(MockCase *c, Value prior) {
    PlanRequest request = {.prior = prior, .proposed = config_of(c), .config = config_of(c)};
    PlanResponse response = {0};
    assert_true(mock_plan(&c->mock, &c->call, &request, &response, &c->diags));
    assert_int_equal(response.requires_replace.count, 0);
    return response;
}

static bool create(MockCase *c, Value *out) {
    Value none = value_null(schema_implied_type(&real.schema));
    PlanResponse planned = plan(c, none);
    ApplyRequest request = {.prior = none, .planned = planned.planned, .config = config_of(c)};
    ApplyResponse response = {0};
    bool ok = mock_apply(&c->mock, &c->call, &request, &response, &c->diags);
    *out = response.state;
    return ok;
}

static Value object_of(const char *name, Value value, Arena *arena) {
    Str *names = arena_new(arena, Str);
    Value *items = arena_new(arena, Value);
    *names = str_from_cstr(name);
    *items = value;
    return value_object(names, items, 1, arena);
}

static void generates_values(void **) {
    MockCase c;
    Value object, again;
    open_case(&c, value_null(&TYPE_DYNAMIC), false);
    assert_false(
        value_is_wholly_known(plan(&c, value_null(schema_implied_type(&real.schema))).planned));
    assert_true(create(&c, &object));
    assert_true(value_is_wholly_known(object));
    assert_int_equal(value_text(value_attribute(object, STR("text"))).len, 8);
    assert_false(value_is_true(value_attribute(object, STR("flag"))));
    check_str(value_number_text(value_attribute(object, STR("maybe")), c.arena), "0");
    assert_int_equal(value_attribute(object, STR("list")).count, 0);
    assert_true(value_is_null(value_attribute(object, STR("any"))));
    Value got = value_attribute(value_at(value_attribute(object, STR("parts")), 0), STR("got"));
    assert_int_equal(value_text(got).len, 8);
    assert_false(value_equal(got, value_attribute(object, STR("text"))));
    assert_true(create(&c, &again)); /* planned again with the same result */
    assert_true(value_equal(object, again));
    arena_close(c.arena);
}

static void uses_given_values(void **) {
    MockCase c;
    Value object;
    SCOPED(ArenaRef) arena = arena_open("values");
    open_case(&c, object_of("text", value_int(5), arena), true);
    PlanResponse planned = plan(&c, value_null(schema_implied_type(&real.schema)));
    check_str(value_text(value_attribute(planned.planned, STR("text"))), "5");
    assert_true(create(&c, &object));
    check_str(value_text(value_attribute(object, STR("text"))), "5");
    check_str(value_text(value_attribute(object, STR("name"))), "n");
    arena_close(c.arena);

    open_case(&c, object_of("name", value_from_cstr("other"), arena), false);
    assert_true(create(&c, &object)); /* not computed, so not generated */
    check_str(value_text(value_attribute(object, STR("name"))), "n");
    arena_close(c.arena);
}

static void rejects_unsuitable_values(void **) {
    MockCase c;
    Value object;
    SCOPED(ArenaRef) arena = arena_open("values");
    open_case(&c, object_of("flag", value_from_cstr("perhaps"), arena), false);
    assert_false(create(&c, &object));
    assert_int_equal(c.diags.error_count, 1);
    check_str(c.diags.items[0].summary, "Failed to compute attribute");
    arena_close(c.arena);
}

static void keeps_on_update(void **) {
    MockCase c;
    Value object;
    open_case(&c, value_null(&TYPE_DYNAMIC), false);
    assert_true(create(&c, &object));
    Path name = path_attribute((Path){0}, STR("name"), c.arena);
    Value changed = path_set(object, name, value_from_cstr("m"), c.arena);
    PlanRequest request = {.prior = object, .proposed = changed, .config = config_of(&c)};
    PlanResponse response = {0};
    assert_true(mock_plan(&c.mock, &c.call, &request, &response, &c.diags));
    assert_true(value_equal(response.planned, changed));
    assert_int_equal(response.requires_replace.count, 0);
    arena_close(c.arena);
}

UNIT_MAIN(test_mock) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generates_values),
        cmocka_unit_test(uses_given_values),
        cmocka_unit_test(rejects_unsuitable_values),
        cmocka_unit_test(keeps_on_update),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
