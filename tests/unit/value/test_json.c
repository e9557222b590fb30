/* Values decoded with and without types, and encoded again. */
#include "unit.h"

#include "json.h"

static const Type *type_of(const char *json, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(json), arena);
    const Type *type = NULL;
    if (!json_read_type(&reader, json_next(&reader), &type, arena))
        fail_msg("%s", json);
    return type;
}

static void any_value(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][3] = {
        {"null", "null", "any"},
        {"true", "true", "bool"},
        {"false", "false", "bool"},
        {" 15 ", "15", "number"},
        {"9223372036854775808", "9223372036854775808", "number"},
        {"-9223372036854775808", "-9223372036854775808", "number"},
        {"1.20", "1.2", "number"},
        {"1e3", "1000", "number"},
        {"0.1", "0.1", "number"},
        {"\"e\\u0301\"", "\"é\"", "string"},
        {"\"e\xCC\x81\"", "\"é\"", "string"},
        {"[]", "[]", "tuple([])"},
        {"[1,\"a\",null]", "[1,\"a\",null]", "tuple([number, string, any])"},
        {"{}", "{}", "object({})"},
        {"{\"b\":1,\"a\":{\"c\":[]}}", "{\"a\":{\"c\":[]},\"b\":1}", NULL},
        {"{\"a\":\"x\",\"a\":\"y\"}", "{\"a\":\"y\"}", NULL},
        {"{\"b\":1,\"a\":2,\"b\":3,\"a\":4,\"b\":5}", "{\"a\":4,\"b\":5}", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *error = NULL;
        size_t offset = 0;
        Value v;
        if (!json_parse_any(str_from_cstr(cases[i][0]), &v, &error, &offset, arena)) {
            fail_msg("%s: %s", cases[i][0], error);
        }
        check_str(json_text(v, arena), cases[i][1]);
        if (cases[i][2])
            check_str(type_to_constraint(v.type, arena), cases[i][2]);
    }
}

static void many_members(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf buf = strbuf_new(arena);
    strbuf_add_char(&buf, '{');
    for (int i = 999; i >= 0; i--)
        strbuf_add_format(&buf, "\"k%03d\":[%d]%s", i, i, i ? "," : "}");
    const char *error = NULL;
    size_t offset = 0;
    Value v;
    assert_true(json_parse_any(strbuf_str(&buf), &v, &error, &offset, arena));
    assert_int_equal(v.count, 1000);
    int64_t integer = 0;
    for (size_t i = 0; i < v.count; i++) {
        assert_true(value_to_int(value_at(value_at(v, i), 0), &integer));
        assert_int_equal(integer, i);
    }
}

static void any_value_refused(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *text;
        const char *error;
        size_t offset;
    } cases[] = {
        {"nope", "invalid character 'o' in literal null (expecting 'u')", 1},
        {"[1,2,]", "invalid character ']' looking for beginning of value", 5},
        {"{}boop", "invalid character 'b' after top-level value", 2},
        {"{\"a\":1,\"b\":2,\"a\":\"\"}", "duplicate \"a\" property in JSON object", 19},
        {"{\"a\":1,\"a\":\"\"}", "duplicate \"a\" property in JSON object", 13},
        {"{\"a\":}", "invalid character '}' looking for beginning of value", 5},
        {"{1:2}", "invalid character '1' looking for beginning of object key string", 1},
        {"", "unexpected end of JSON input", 0},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const char *error = NULL;
        size_t offset = 0;
        Value v;
        if (json_parse_any(str_from_cstr(cases[i].text), &v, &error, &offset, arena)) {
            fail_msg("%s is taken", cases[i].text);
        }
        check_str(str_from_cstr(error), cases[i].error);
        assert_int_equal(offset, cases[i].offset);
    }
}

static void responses(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const refused[] = {"", "null", "\"a\"", "[{}]", "{}x", "{\"a\":}"};
    Value v = value_bool(true);
    StrVec texts = {0};
    for (size_t i = 0; i < ARRAY_COUNT(refused); i++)
        assert_false(json_parse_object(str_from_cstr(refused[i]), &v, arena));
    assert_true(value_is_true(v));
    assert_true(json_parse_object(STR("{\"a\":[\"x\",1,null,\"y\",[]],\"b\":\"z\"}"), &v, arena));
    json_add_texts(v, STR("a"), &texts, arena);
    json_add_texts(v, STR("b"), &texts, arena);
    json_add_texts(v, STR("c"), &texts, arena);
    check_str(str_join(texts.items, texts.count, STR(","), arena), "x,y");
}

/* type, text, encoded text (NULL: unchanged) */
static const char *const TYPED[][3] = {
    {"\"string\"", "\"x\"", NULL},
    {"\"string\"", "1.50", "\"1.50\""},
    {"\"string\"", "true", "\"true\""},
    {"\"number\"", "123456789012345678901234567890", NULL},
    {"\"number\"", "\"12\"", "12"},
    {"\"bool\"", "\"true\"", "true"},
    {"\"bool\"", "null", NULL},
    {"\"dynamic\"", "null", NULL},
    {"\"dynamic\"", "{\"value\":1,\"type\":\"number\"}", NULL},
    {"\"dynamic\"", "{\"type\":\"string\",\"value\":null}", "{\"value\":null,\"type\":\"string\"}"},
    {"\"dynamic\"",
     "{\"value\":{\"a\":[1,\"x\"]},\"type\":[\"object\",{\"a\":[\"tuple\","
     "[\"number\",\"string\"]]}]}",
     NULL},
    {"\"dynamic\"", "{\"value\":[\"b\",\"a\"],\"type\":[\"set\",\"string\"]}",
     "{\"value\":[\"a\",\"b\"],\"type\":[\"set\",\"string\"]}"},
    {"[\"list\",\"number\"]", "[3,1,null]", NULL},
    {"[\"set\",\"string\"]", "[\"b\",\"a\",\"b\"]", "[\"a\",\"b\"]"},
    {"[\"map\",\"bool\"]", "{\"b\":true,\"a\":false}", "{\"a\":false,\"b\":true}"},
    {"[\"map\",\"number\"]", "{\"a\":1,\"a\":2}", "{\"a\":2}"},
    {"[\"tuple\",[\"bool\",\"dynamic\"]]", "[true,{\"value\":\"x\",\"type\":\"string\"}]", NULL},
    {"[\"object\",{\"a\":\"string\",\"b\":\"number\"}]", "{\"b\":1,\"a\":\"x\"}",
     "{\"a\":\"x\",\"b\":1}"},
    {"[\"object\",{\"a\":\"string\",\"b\":\"number\"}]", "{}", "{\"a\":null,\"b\":null}"},
    {"[\"object\",{\"a\":\"string\"}]", "{\"a\":\"x\",\"a\":\"y\"}", "{\"a\":\"y\"}"},
    {"[\"object\",{\"é\":\"string\"}]", "{\"e\\u0301\":\"x\"}", "{\"é\":\"x\"}"},
};

static void typed_value(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(TYPED); i++) {
        const Type *type = type_of(TYPED[i][0], arena);
        JsonReader reader = json_reader_new(str_from_cstr(TYPED[i][1]), arena);
        const char *error = NULL;
        Value v;
        if (!json_read_typed(&reader, json_next(&reader), type, &v, &error, arena)) {
            fail_msg("%s: %s", TYPED[i][1], error);
        }
        assert_int_equal(json_next(&reader), JSON_END);
        check_str(json_typed_text(v, type, arena), TYPED[i][2] ? TYPED[i][2] : TYPED[i][1]);
    }
}

/* A bool may be written as a text. */
static void texts_of_bools(void **) {
    static const struct {
        const char *text;
        int wanted; /* -1: refused */
    } rows[] = {
        {"true", 1},  {"false", 0},     {"\"true\"", 1}, {"\"false\"", 0}, {"\"1\"", 1},
        {"\"0\"", 0}, {"\"TRUE\"", -1}, {"\"\"", -1},    {"\"2\"", -1},    {"1", -1},
        {"0", -1},    {"[]", -1},       {"{}", -1},      {"\"10\"", -1},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        JsonReader reader = json_reader_new(str_from_cstr(rows[i].text), arena);
        const char *error = NULL;
        Value v;
        bool ok = json_read_typed(&reader, json_next(&reader), &TYPE_BOOL, &v, &error, arena);
        if (ok != (rows[i].wanted >= 0) || (ok && !value_equal(v, value_bool(rows[i].wanted == 1))))
            fail_msg("%s", rows[i].text);
    }
}

static void typed_value_refused(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *type;
        const char *text;
        const char *error;
        size_t offset;
    } cases[] = {
        {"\"number\"", "\"x\"", "a number is required", 0},
        {"\"bool\"", "1", "a bool is required", 0},
        {"\"string\"", "[]", "a string is required", 0},
        {"[\"list\",\"number\"]", "[1,{}]", "[1]: a number is required", 3},
        {"[\"list\",\"number\"]", "{}", "an array is required", 0},
        {"[\"map\",\"number\"]", "{\"k\":[]}", ".k: a number is required", 5},
        {"[\"tuple\",[\"bool\",\"number\"]]", "[true,true]", "[1]: a number is required", 6},
        {"[\"tuple\",[\"bool\",\"number\"]]", "[1,1]", "[0]: a bool is required", 1},
        {"[\"tuple\",[\"bool\"]]", "[]", "an array of 1 elements is required", 1},
        {"[\"tuple\",[\"bool\"]]", "[true,true]", "an array of 1 elements is required", 6},
        {"[\"object\",{\"a\":[\"list\",\"bool\"]}]", "{\"a\":[true,2]}",
         ".a[1]: a bool is required", 11},
        {"[\"object\",{\"a\":\"bool\"}]", "{\"b\":1}", ".b: unsupported attribute", 1},
        {"[\"object\",{\"a\":\"bool\"}]", "{\"a\":x}",
         ".a: invalid character 'x' looking for beginning of value", 5},
        {"[\"object\",{\"a\":\"bool\"}]", "{\"a\"", "unexpected end of JSON input", 4},
        {"\"dynamic\"", "1", "an object with \"value\" and \"type\" is required", 0},
        {"\"dynamic\"", "{\"value\":1}", "an object with \"value\" and \"type\" is required", 10},
        {"[\"list\",\"dynamic\"]",
         "[{\"value\":1,\"type\":\"number\"},{\"value\":true,\"type\":\"bool\"}]",
         "all elements must be of one type", 57},
        {"\"dynamic\"", "{\"type\":\"bool\",\"value\":1,\"x\":2}",
         "an object with only \"value\" and \"type\" is required", 25},
        {"\"dynamic\"", "{\"value\":[1,\"x\"],\"type\":[\"list\",\"number\"]}",
         "[1]: a number is required", 12},
        {"\"dynamic\"", "{\"value\":1,\"type\":\"dynamic\"}",
         "the type of a value cannot be \"dynamic\"", 27},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Type *type = type_of(cases[i].type, arena);
        JsonReader reader = json_reader_new(str_from_cstr(cases[i].text), arena);
        const char *error = NULL;
        Value v;
        if (json_read_typed(&reader, json_next(&reader), type, &v, &error, arena)) {
            fail_msg("%s is taken", cases[i].text);
        }
        check_str(str_from_cstr(error), cases[i].error);
        assert_int_equal(reader.start, cases[i].offset);
    }
}

static void types_settle(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][3] = {
        {"[\"object\",{\"a\":\"dynamic\",\"b\":\"dynamic\"}]",
         "{\"a\":{\"value\":1,\"type\":\"number\"}}", "object({a=number, b=any})"},
        {"[\"list\",\"dynamic\"]", "[null,{\"value\":1,\"type\":\"number\"}]", "list(number)"},
        {"[\"map\",\"dynamic\"]", "{}", "map(any)"},
        {"[\"map\",[\"object\",{\"a\":\"dynamic\"}]]",
         "{\"k\":{\"a\":{\"value\":true,\"type\":\"bool\"}}}", "map(object({a=bool}))"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Type *type = type_of(cases[i][0], arena);
        JsonReader reader = json_reader_new(str_from_cstr(cases[i][1]), arena);
        const char *error = NULL;
        Value v;
        assert_true(json_read_typed(&reader, json_next(&reader), type, &v, &error, arena));
        check_str(type_to_constraint(v.type, arena), cases[i][2]);
    }
}

static void unknown_and_marks_are_written_over(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Value *items = arena_new_array(arena, Value, 2);
    items[0] = value_unknown(&TYPE_STRING);
    items[1] = value_with_marks(value_int(1), MARK_SENSITIVE);
    check_str(json_text(value_tuple(items, 2, arena), arena), "[null,1]");
}

/* A value with an error inside is no value. */
static void broken_inside(void **) {
    static const char *const texts[] = {
        "[x]", "[1,x]", "[1", "{\"a\":x}", "{\"a\":1,x}", "{\"a\":[x]}", "[{\"a\":x}]", "{x:1}",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        JsonReader reader = json_reader_new(str_from_cstr(texts[i]), arena);
        Value value;
        if (json_read_any(&reader, json_next(&reader), &value, arena))
            fail_msg("%s", texts[i]);
        assert_non_null(reader.error);
    }
}

UNIT_MAIN(test_json) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_value),
        cmocka_unit_test(texts_of_bools),
        cmocka_unit_test(broken_inside),

        cmocka_unit_test(many_members),
        cmocka_unit_test(any_value_refused),
        cmocka_unit_test(responses),
        cmocka_unit_test(typed_value),
        cmocka_unit_test(typed_value_refused),
        cmocka_unit_test(types_settle),
        cmocka_unit_test(unknown_and_marks_are_written_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
