/* Objects between value and text: types, marks, attributes that a schema no longer has. */
#include "state_case.h"

#include "state_object.h"

static const Attribute member_attributes[] = {
    {"user", &TYPE_STRING, OPTIONAL, "Name."},
    {"secret", &TYPE_STRING, OPTIONAL | SENSITIVE, "Token."},
};

static const Attribute attributes[] = {
    {"id", &TYPE_STRING, COMPUTED, "Id."},
    {"size", &TYPE_NUMBER, OPTIONAL, "Bytes."},
    {"tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Tags."},
    {"any", &TYPE_DYNAMIC, OPTIONAL, "Anything."},
    {"password", &TYPE_STRING, OPTIONAL | SENSITIVE, "Secret."},
    {.name = "members", .flags = OPTIONAL, .nested = NESTED(NEST_LIST, member_attributes)},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), .version = 4};

static const char whole[] =
    "{\"any\":{\"value\":[1,\"x\"],\"type\":[\"tuple\",[\"number\",\"string\"]]},\"id\":\"i\","
    "\"members\":[{\"secret\":\"s\",\"user\":\"u\"}],\"password\":null,"
    "\"size\":12345678901234567890,\"tags\":{\"a\":\"1\",\"b\":\"2\"}}";

static Value decode(Str text, Str sensitive, Arena *arena) {
    StateObject object = {.attributes = text, .sensitive_attributes = sensitive};
    Diags diags = diags_new(arena);
    Value value = value_null(&TYPE_DYNAMIC);
    bool ok = state_object_decode(&object, &schema, &value, arena, &diags);
    if (!ok)
        print_error("%.*s\n", STR_ARG(diags.items[0].detail));
    assert_true(ok);
    return value;
}

static const StateObject *encode(Value value, Arena *arena) {
    StateObject head = {
        .status = OBJECT_TAINTED, .private_data = STR("p"), .create_before_destroy = true};
    return state_object_encode(&head, value, &schema, arena);
}

static void there_and_back(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value value = decode(str_from_cstr(whole), STR_EMPTY, arena);
    const StateObject *object = encode(value, arena);
    check_str(object->attributes, whole);
    assert_int_equal(object->schema_version, 4);
    assert_int_equal(object->status, OBJECT_TAINTED);
    assert_true(object->create_before_destroy);
    check_str(object->private_data, "p");
    Value again = decode(object->attributes, object->sensitive_attributes, arena);
    assert_true(value_identical(value, again));
}

static void marks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    /* One path from the schema, and one from the configuration. */
    Str stored = STR("[[{\"type\":\"get_attr\",\"value\":\"tags\"},"
                     "{\"type\":\"index\",\"value\":{\"value\":\"b\",\"type\":\"string\"}}]]");
    Value value = decode(str_from_cstr(whole), stored, arena);
    Value found = value_at(value_attribute(value, STR("tags")), 1);
    assert_true(value_has_mark(found, MARK_SENSITIVE));
    found = value_at(value_attribute(value, STR("tags")), 0);
    assert_false(value_has_mark(found, MARK_SENSITIVE));
    found = value_attribute(value_at(value_attribute(value, STR("members")), 0), STR("secret"));
    assert_true(value_has_mark(found, MARK_SENSITIVE));
    const StateObject *object = encode(value, arena);
    check_str(object->attributes, whole);
    check_str(object->sensitive_attributes,
              "[[{\"type\":\"get_attr\",\"value\":\"members\"},{\"type\":\"index\",\"value\":{"
              "\"value\":0,\"type\":\"number\"}},{\"type\":\"get_attr\",\"value\":\"secret\"}],"
              "[{\"type\":\"get_attr\",\"value\":\"password\"}],"
              "[{\"type\":\"get_attr\",\"value\":\"tags\"},{\"type\":\"index\",\"value\":{"
              "\"value\":\"b\",\"type\":\"string\"}}]]");
    Value again = decode(object->attributes, object->sensitive_attributes, arena);
    assert_true(value_identical(value, again));
}

static void lost_attributes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value value = decode(STR("{\"id\":\"i\",\"gone\":{\"x\":[1]},\"members\":[{\"user\":\"u\","
                             "\"old\":1}],\"any\":{\"value\":{\"z\":1},\"type\":[\"object\",{"
                             "\"z\":\"number\"}]}}"),
                         STR_EMPTY, arena);
    check_str(value_text(value_attribute(value, STR("id"))), "i");
    Value member = value_at(value_attribute(value, STR("members")), 0);
    check_str(value_text(value_attribute(member, STR("user"))), "u");
    assert_true(value_is_null(value_attribute(value, STR("size"))));
    check_str(value_display(value_attribute(value, STR("any")), 0, arena), "{z = 1}");
}

static const Block newer_blocks[] = {
    {.name = "newer",
     .nesting = NEST_SINGLE,
     .schema = {SCHEMA_ATTRIBUTES(member_attributes)},
     .since = "Terraform 9"},
};
static const Schema newer = {
    .attributes = attributes, .attribute_count = 1, SCHEMA_BLOCKS(newer_blocks)};

/* Without such a block, the text is that of a version that does not know the block. */
static void newer_block(void **) {
    static const struct {
        const char *stored;
        const char *written;
        const char *sensitive;
    } cases[] = {
        {"{\"id\":\"i\"}", "{\"id\":\"i\"}", "[]"},
        {"{\"id\":\"i\",\"newer\":null}", "{\"id\":\"i\"}", "[]"},
        {"{\"id\":\"i\",\"newer\":{\"secret\":\"s\"}}",
         "{\"id\":\"i\",\"newer\":{\"secret\":\"s\",\"user\":null}}",
         "[[{\"type\":\"get_attr\",\"value\":\"newer\"},"
         "{\"type\":\"get_attr\",\"value\":\"secret\"}]]"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StateObject stored = {.attributes = str_from_cstr(cases[i].stored)};
        Diags diags = diags_new(arena);
        Value value;
        assert_true(state_object_decode(&stored, &newer, &value, arena, &diags));
        assert_true(type_find_attribute(value.type, STR("newer"), &(size_t){0}));
        const StateObject *object = state_object_encode(&(StateObject){0}, value, &newer, arena);
        check_str(object->attributes, cases[i].written);
        check_str(object->sensitive_attributes, cases[i].sensitive);
    }
}

static void strings_of_old_states(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value value = decode(STR("{\"id\":\"5\",\"size\":\"17.5\"}"), STR_EMPTY, arena);
    check_str(value_number_text(value_attribute(value, STR("size")), arena), "17.5");
    check_str(value_text(value_attribute(value, STR("id"))), "5");
    value = decode(STR("{\"size\":\"\"}"), STR_EMPTY, arena);
    assert_true(value_is_null(value_attribute(value, STR("size"))));
}

static void refused(void **) {
    static const struct {
        const char *attributes;
        const char *sensitive;
        const char *summary;
    } cases[] = {
        {"{\"id\":[]}", "", "Stored object does not match its type"},
        {"{\"size\":\"x\"}", "", "Stored object does not match its type"},
        {"{\"id\":", "", "Stored object does not match its type"},
        {"[]", "", "Stored object does not match its type"},
        {"{}", "{}", "Stored object has damaged sensitive paths"},
        {"{}", "[[{\"type\":\"index\"}]]", "Stored object has damaged sensitive paths"},
        {"{}", "[3]", "Stored object has damaged sensitive paths"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StateObject object = {
            .attributes = str_from_cstr(cases[i].attributes),
            .sensitive_attributes = str_from_cstr(cases[i].sensitive),
        };
        Diags diags = diags_new(arena);
        Value value = value_int(7);
        assert_false(state_object_decode(&object, &schema, &value, arena, &diags));
        assert_int_equal(diags.error_count, 1);
        check_str(diags.items[0].summary, cases[i].summary);
        assert_true(value_equal(value, value_int(7)));
    }
}

static void equality(void **) {
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {
        {"{\"a\": [1, \"x\"]}", "{\"a\":[1,\"x\"]}", true},
        {"{\"a\":\"\\u0041\"}", "{\"a\":\"A\"}", true},
        {"", "{}", true},
        {"{\"a\":1}", "{\"a\":2}", false},
        {"{\"a\":true}", "{\"a\":false}", false},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":null}", false},
        {"{\"a\":", "{ \"a\":", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str a = str_from_cstr(cases[i].a);
        Str b = str_from_cstr(cases[i].b);
        if (state_object_same_json(a, b, STR("{}")) != cases[i].same)
            print_error("%s %s\n", cases[i].a, cases[i].b);
        assert_true(state_object_same_json(a, b, STR("{}")) == cases[i].same);
    }
    StateObject a = {.attributes = STR("{}")};
    StateObject b = a;
    assert_true(state_object_equal(&a, &b));
    assert_true(state_object_equal(NULL, NULL));
    assert_false(state_object_equal(&a, NULL));
    b.status = OBJECT_TAINTED;
    assert_false(state_object_equal(&a, &b));
    b = a;
    b.dependencies = (Str[]){STR("t.x")};
    b.dependency_count = 1;
    assert_false(state_object_equal(&a, &b));
    a.dependencies = (Str[]){STR("t.y")};
    a.dependency_count = 1;
    assert_false(state_object_equal(&a, &b));
    a.dependencies = (Str[]){STR("t.x")};
    assert_true(state_object_equal(&a, &b));
}

UNIT_MAIN(test_state_object) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),  cmocka_unit_test(marks),
        cmocka_unit_test(lost_attributes), cmocka_unit_test(refused),
        cmocka_unit_test(equality),        cmocka_unit_test(strings_of_old_states),
        cmocka_unit_test(newer_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
