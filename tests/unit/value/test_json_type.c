/* Types as they are written in state files. */
#include "unit.h"

#include "json.h"

static bool read_type(const char *text, const Type **out, const char **error, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(text), arena);
    bool fine = json_read_type(&reader, json_next(&reader), out, arena);
    *error = reader.error;
    assert_int_equal(fine, reader.error == NULL);
    return fine && json_next(&reader) == JSON_END;
}

static void there_and_back(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[] = {
        "\"string\"",
        "\"number\"",
        "\"bool\"",
        "\"dynamic\"",
        "[\"list\",\"string\"]",
        "[\"set\",[\"map\",\"dynamic\"]]",
        "[\"tuple\",[]]",
        "[\"tuple\",[\"bool\",[\"list\",\"number\"],\"bool\"]]",
        "[\"object\",{}]",
        "[\"object\",{\"a\":\"string\",\"b\":[\"object\",{\"c\":\"bool\"}]}]",
        "[\"object\",{\"a\":\"string\",\"b\":\"number\"},[\"b\"]]",
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Type *type = NULL;
        const char *error = NULL;
        if (!read_type(cases[i], &type, &error, arena))
            fail_msg("%s: %s", cases[i], error);
        StrBuf buf = strbuf_new(arena);
        JsonWriter writer;
        json_writer_init(&writer, &buf, 0);
        json_write_type(&writer, type);
        check_str(strbuf_str(&buf), cases[i]);
    }
}

static void known_types(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    const Type *type = NULL;
    const char *error = NULL;
    assert_true(read_type("\"string\"", &type, &error, arena));
    assert_ptr_equal(type, &TYPE_STRING);
    assert_true(read_type("[\"list\",\"string\"]", &type, &error, arena));
    assert_ptr_equal(type, &TYPE_LIST_OF_STRING);
}

static void equal_types_are_shared(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char text[] =
        "[[\"object\",{\"a\":\"string\"}],[\"object\",{\"a\":\"string\",\"b\":\"bool\"}],"
        "[\"object\",{\"a\":\"string\"}],[\"list\",\"bool\"],[\"tuple\",[\"bool\",\"number\"]],"
        "[\"map\",\"bool\"],[\"set\",\"bool\"],[\"object\",{\"a\":\"string\"}],\"bool\"]";
    JsonTypes known = {0};
    const Type *types[9];
    JsonReader reader = json_reader_new(str_from_cstr(text), arena);
    reader.types = &known;
    assert_int_equal(json_next(&reader), JSON_ARRAY_START);
    for (size_t i = 0; i < ARRAY_COUNT(types); i++)
        assert_true(json_read_type(&reader, json_next(&reader), &types[i], arena));
    assert_int_equal(json_next(&reader), JSON_ARRAY_END);
    assert_int_equal(json_next(&reader), JSON_END);
    assert_ptr_equal(types[2], types[0]);
    assert_false(type_equal(types[0], types[1]));
    assert_int_equal(types[1]->count, 2);
    assert_true(type_equal(types[7], types[0]));
    assert_ptr_equal(types[8], &TYPE_BOOL);
}

static void refused(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[] = {
        "\"list\"",
        "\"strings\"",
        "null",
        "7",
        "[]",
        "[\"list\"]",
        "[\"list\",\"string\",\"string\"]",
        "[\"string\"]",
        "[\"tuple\",{}]",
        "[\"object\",[]]",
        "[\"object\",{\"a\":1}]",
        "[\"object\",{\"a\":\"bool\",\"a\":\"bool\"}]",
        "[\"object\",{\"a\":\"bool\"},[\"b\"]]",
        "[\"object\",{\"a\":\"bool\"},[\"a\"],[]]",
        "[\"map\",\"string\"",
        "[\"list\",\"strings\"]",
        "[\"set\",null]",
        "[\"map\",[\"list\",7]]",
        "[\"tuple\",[\"bool\",[\"set\",\"strings\"]]]",
        "[\"object\",{\"a\":\"bool\",\"b\":[\"list\",\"strings\"]}]",
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        const Type *type = NULL;
        const char *error = NULL;
        if (read_type(cases[i], &type, &error, arena))
            fail_msg("%s is taken", cases[i]);
        assert_non_null(error);
    }
}

UNIT_MAIN(test_json_type) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(there_and_back),
        cmocka_unit_test(known_types),
        cmocka_unit_test(equal_types_are_shared),
        cmocka_unit_test(refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
