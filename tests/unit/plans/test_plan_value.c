#include "plan_case.h"
#include "plan_value.h"

static Str written(Value v) {
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    plan_value_write(&writer, v);
    return strbuf_str(&out);
}

static bool read_back(Str text, Value *out) {
    JsonReader *reader = arena_new(arena, JsonReader);
    *reader = json_reader_new(text, arena);
    return plan_value_read(reader, json_next(reader), out, arena);
}

static void check_same(Value v) {
    Value back;
    Str text = written(v);
    if (!read_back(text, &back) || !value_identical(v, back))
        fail_msg("%.*s became %.*s", STR_ARG(text), STR_ARG(written(back)));
    check_str_equal(written(back), text);
}

static const char *const CASES[] = {
    "1",
    "\"x\"",
    "null",
    "{\"$unknown\": true}",
    "{\"$sensitive\": \"x\"}",
    "[1, \"a\", null, [], {}]",
    "{\"a\": {\"b\": {\"$unknown\": true}}, \"c\": {\"$sensitive\": {\"d\": null}}}",
    "{\"$list\": [1, 2]}",
    "{\"$set\": [\"b\", \"a\"]}",
    "{\"$map\": {\"x\": {\"of\": 1}, \"y\": {\"of\": {\"$sensitive\": 2}}}}",
    "{\"of\": 1, \"type\": \"string\", \"marks\": 1, \"unknown\": true}",
    "{\"$list\": [{\"$unknown\": true}, {\"$unknown\": true}]}",
    "123456789012345678901234567890.5",
    "{\"$sensitive\": {\"$unknown\": true}}",
};

static void there_and_back(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(CASES); i++)
        check_same(value_of(CASES[i]));
}

static void typed(void **) {
    check_same(value_null(&TYPE_LIST_OF_STRING));
    check_same(value_unknown(&TYPE_MAP_OF_STRING));
    check_same(value_with_marks(value_null(&TYPE_STRING), MARK_SENSITIVE | MARK_EPHEMERAL));
    check_same(value_list(&TYPE_STRING, NULL, 0, arena));
    Str name = STR("a");
    const Type *types[] = {&TYPE_DYNAMIC};
    const Type *type = type_object(&name, types, NULL, 1, arena);
    Value item = value_of("[1]");
    check_same(value_object_of(type, &item));
}

static void precision(void **) {
    Value numbers[] = {
        value_from_number(number_from_double(0.1, arena)),
        value_int_of(7, NUMBER_PRECISION_INT),
        value_int(7),
    };
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        Value back;
        assert_true(read_back(written(numbers[i]), &back));
        assert_int_equal(back.count, numbers[i].count);
        assert_true(value_equal(back, numbers[i]));
    }
}

static const char *const BROKEN[] = {
    "",
    "1",
    "{}",
    "{\"type\": \"string\", \"of\": 1}",
    "{\"type\": [\"tuple\", [\"string\"]], \"of\": []}",
    "{\"type\": [\"tuple\", []], \"of\": [\"a\"]}",
    "{\"type\": [\"object\", {\"a\": \"string\"}], \"of\": {}}",
    "{\"type\": [\"object\", {\"a\": \"string\"}], \"of\": {\"b\": \"x\"}}",
    ("{\"type\": [\"object\", {\"a\": \"string\", \"b\": \"string\"}], \"of\": {\"a\": \"x\", "
     "\"a\": \"y\"}}"),
    "{\"of\": 1, \"type\": \"number\"}",
    "{\"type\": \"dynamic\", \"of\": 1}",
    "{\"type\": \"string\", \"marks\": 256}",
    "{\"type\": \"string\", \"unknown\": false}",
    "{\"type\": \"string\", \"more\": 1}",
    "{\"type\": \"string\", \"of\": \"a\"",
};

static void broken(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(BROKEN); i++) {
        Value v;
        JsonReader reader = json_reader_new(str_from_cstr(BROKEN[i]), arena);
        if (plan_value_read(&reader, json_next(&reader), &v, arena))
            fail_msg("accepted: %s", BROKEN[i]);
        if (!reader.error)
            fail_msg("refused without a word: %s", BROKEN[i]);
    }
}

/* Plans have many objects, and an apply keeps them all: reading leaves no copies of their members.
 */
static void memory(void **) {
    enum { OBJECTS = 64, MEMBERS = 16 };
    Str names[MEMBERS];
    Value members[MEMBERS], objects[OBJECTS], back;
    for (size_t i = 0; i < MEMBERS; i++) {
        names[i] = str_format(arena, "member_%02zu", i);
        members[i] = value_bool(i % 2 == 0);
    }
    for (size_t i = 0; i < OBJECTS; i++)
        objects[i] = value_object(names, members, MEMBERS, arena);
    Str text = written(value_list(objects[0].type, objects, OBJECTS, arena));
    SCOPED(ArenaRef) own = arena_open("test");
    JsonReader reader = json_reader_new(text, arena);
    assert_true(plan_value_read(&reader, json_next(&reader), &back, own));
    assert_int_equal(back.count, OBJECTS);
    assert_in_range(arena_used(own), 1, (size_t)3 * OBJECTS * MEMBERS * sizeof(Value) / 2);
}

UNIT_MAIN(test_plan_value) {
    const struct CMUnitTest tests[] = {
        PLAN_CASE(there_and_back), PLAN_CASE(typed),  PLAN_CASE(precision),
        PLAN_CASE(broken),         PLAN_CASE(memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
