/* Tokens, positions, decoded strings, and errors. */
#include "unit.h"

#include "json_reader.h"

static const char LETTERS[] = ".{}[]ksntf0!"; /* by token */

/* Tokens as letters; strings, keys and numbers followed by their text. */
static Str tokens_of(const char *text, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(text), arena);
    StrBuf buf = strbuf_new(arena);
    JsonToken token;
    do {
        JsonToken ahead = json_peek(&reader);
        token = json_next(&reader);
        assert_int_equal(ahead, token);
        strbuf_add_char(&buf, LETTERS[token]);
        if (token == JSON_KEY || token == JSON_STRING || token == JSON_NUMBER) {
            strbuf_add_format(&buf, "(%.*s)", STR_ARG(reader.text));
        }
    } while (token != JSON_END && token != JSON_BAD);
    return strbuf_str(&buf);
}

static void tokens(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const cases[][2] = {
        {"null", "0."},
        {" \t\r\n true ", "t."},
        {"{}", "{}."},
        {"[ ]", "[]."},
        {"[[],{}]", "[[]{}]."},
        {"{\"a\" : 1, \"a\":[false,\"x\"]}", "{k(a)n(1)k(a)[fs(x)]}."},
        {"[0,-0,10,1.50,1e5,2E-7,3.1e+2]", "[n(0)n(-0)n(10)n(1.50)n(1e5)n(2E-7)n(3.1e+2)]."},
        {"\"\"", "s()."},
        {"\"123456789012345678901234567890\"", "s(123456789012345678901234567890)."},
        {"\"a long text with \\\"quotes\\\" in\"", "s(a long text with \"quotes\" in)."},
        {"\"\\b\\f\\n\\r\\t\\/\\\\\"", "s(\b\f\n\r\t/\\)."},
        {"\"\\u00e9\\ud83d\\ude00\\uD83D\"", "s(é😀\xEF\xBF\xBD)."},
        {"\"\\ud83dx\\udc00\"", "s(\xEF\xBF\xBDx\xEF\xBF\xBD)."},
        {"\"\\ud83d\\u0041\"", "s(\xEF\xBF\xBD"
                               "A)."},
        {"\"é😀\"", "s(é😀)."},
        {"\"\\ud800\\udc00\\udbff\\udfff\"", "s(\xF0\x90\x80\x80\xF4\x8F\xBF\xBF)."},
        {"\"\\uAbCf\\u00fF\"", "s(\xEA\xAF\x8F\xC3\xBF)."},
        {"\"\\ud83d\\ue000\"", "s(\xEF\xBF\xBD\xEE\x80\x80)."},
        {"\"\\udc00\\udc00\"", "s(\xEF\xBF\xBD\xEF\xBF\xBD)."},
        {"\"\\ud83d\\n\"", "s(\xEF\xBF\xBD\n)."},
        {"\"\\udfff\"", "s(\xEF\xBF\xBD)."},
        {"\"\\ud800\"", "s(\xEF\xBF\xBD)."},
        {"\"\\udbff\"", "s(\xEF\xBF\xBD)."},
        {"\"\\udc00\\ud800\"", "s(\xEF\xBF\xBD\xEF\xBF\xBD)."},
        {"\"\xFF\xFE\"", "s(\xEF\xBF\xBD\xEF\xBF\xBD)."},
        {"\"\xC3\"", "s(\xEF\xBF\xBD)."},
        {"\"a\xFFz\"", "s(a\xEF\xBF\xBDz)."},
        {"\"\x7f\"", "s(\x7f)."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        check_str(tokens_of(cases[i][0], arena), cases[i][1]);
    }
}

/* Only texts beyond ASCII need a normal form. */
static void ascii(void **) {
    static const struct {
        const char *text;
        bool is_ascii;
    } cases[] = {
        {"\"\"", true},
        {"\"abc\"", true},
        {"\"a\\nb\"", true},
        {"\"\\u0041\"", true},
        {"\"\\u00e9a\"", false},
        {"\"a\\u00e9\"", false},
        {"\"é\"", false},
        {"\"é123456789\"", false},
        {"\"123456789é\"", false},
        {"\"\\n123456é\"", false},
        {"\"é\\n\"", false},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        JsonReader reader = json_reader_new(str_from_cstr(cases[i].text), arena);
        assert_int_equal(json_next(&reader), JSON_STRING);
        if (reader.is_ascii != cases[i].is_ascii)
            fail_msg("%s", cases[i].text);
    }
    /* U+D7FF, U+E000 and U+0000. */
    JsonReader reader = json_reader_new(STR("\"\\ud7ff\\ue000\\u0000x\""), arena);
    assert_int_equal(json_next(&reader), JSON_STRING);
    check_str_equal(reader.text, ((Str){"\xED\x9F\xBF\xEE\x80\x80\0x", 8}));
}

/* A sign with a meaning is found at every place, whatever the reader takes in one step. */
static void signs_at_every_place(void **) {
    static const struct {
        const char *sign, *decoded; /* NULL: an error at the sign */
        bool is_ascii;
    } rows[] = {
        {"\\n", "\n", true},    {"\\\\", "\\", true}, {"\xC3\xA9", "\xC3\xA9", false},
        {"\x7F", "\x7F", true}, {" ", " ", true},     {"!", "!", true},
        {"#", "#", true},       {"[", "[", true},     {"]", "]", true},
        {"\x1F", NULL, true},   {"\n", NULL, true},   {"\x01", NULL, true},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        for (size_t before = 0; before < 20; before++) {
            for (size_t after = 0; after < 20; after++) {
                StrBuf text = strbuf_new(arena), wanted = strbuf_new(arena);
                strbuf_add_char(&text, '"');
                strbuf_add_repeat(&text, 'x', before);
                strbuf_add_cstr(&text, rows[i].sign);
                strbuf_add_repeat(&text, 'x', after);
                strbuf_add_cstr(&text, "\"");
                JsonReader reader = json_reader_new(strbuf_str(&text), arena);
                JsonToken token = json_next(&reader);
                assert_int_equal(token, rows[i].decoded ? JSON_STRING : JSON_BAD);
                if (!rows[i].decoded) {
                    assert_int_equal(reader.start, before + 1);
                    continue;
                }
                strbuf_add_repeat(&wanted, 'x', before);
                strbuf_add_cstr(&wanted, rows[i].decoded);
                strbuf_add_repeat(&wanted, 'x', after);
                check_str_equal(reader.text, strbuf_str(&wanted));
                assert_int_equal(reader.is_ascii, rows[i].is_ascii);
                assert_int_equal(json_next(&reader), JSON_END);
            }
        }
    }
}

static void rows(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *text;
        size_t offset;
        const char *error;
    } cases[] = {
        {"", 0, "unexpected end of JSON input"},
        {"  ", 2, "unexpected end of JSON input"},
        {"[1,", 3, "unexpected end of JSON input"},
        {"{\"a\"", 4, "unexpected end of JSON input"},
        {"\"abc", 4, "unexpected end of JSON input"},
        {"nope", 1, "invalid character 'o' in literal null (expecting 'u')"},
        {"nul", 3, "unexpected end of JSON input"},
        {"[1,]", 3, "invalid character ']' looking for beginning of value"},
        {"{\"a\":1,}", 7, "invalid character '}' looking for beginning of object key string"},
        {"{a:1}", 1, "invalid character 'a' looking for beginning of object key string"},
        {"{\"a\" 1}", 5, "invalid character '1' after object key"},
        {"{\"a\":1 2}", 7, "invalid character '2' after object key:value pair"},
        {"[1 2]", 3, "invalid character '2' after array element"},
        {"1 2", 2, "invalid character '2' after top-level value"},
        {"{}}", 2, "invalid character '}' after top-level value"},
        {"[}", 1, "invalid character '}' looking for beginning of value"},
        {"{]", 1, "invalid character ']' looking for beginning of object key string"},
        {"01", 1, "invalid character '1' after top-level value"},
        {"-x", 1, "invalid character 'x' in numeric literal"},
        {"1.x", 2, "invalid character 'x' after decimal point in numeric literal"},
        {"1e+", 3, "unexpected end of JSON input"},
        {"1ex", 2, "invalid character 'x' in exponent of numeric literal"},
        {".5", 0, "invalid character '.' looking for beginning of value"},
        {"\"a\nb\"", 2, "invalid character '\\n' in string literal"},
        {"\"\\x\"", 2, "invalid character 'x' in string escape code"},
        {"\"\\ud83d\\u12g4\"", 11, "invalid character 'g' in \\u hexadecimal character escape"},
        {"\"\\ud83d\\u", 9, "unexpected end of JSON input"},
        {"\"\\u12", 5, "unexpected end of JSON input"},
        {"\"\\", 2, "unexpected end of JSON input"},
        {"\"\\n", 3, "unexpected end of JSON input"},
        {"\"\\n\n\"", 3, "invalid character '\\n' in string literal"},
        {"\"\\u12g4\"", 5, "invalid character 'g' in \\u hexadecimal character escape"},
        {"'a'", 0, "invalid character '\\'' looking for beginning of value"},
        {"é", 0, "invalid character 'é' looking for beginning of value"},
        {"\x7f", 0, "invalid character '\\x7f' looking for beginning of value"},
        {"\xff", 0, "invalid character '\\xff' looking for beginning of value"},
        {"\x01", 0, "invalid character '\\x01' looking for beginning of value"},
        {"tRue", 1, "invalid character 'R' in literal true (expecting 'r')"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str more = str_format(arena, "%s 1", cases[i].text); /* is not read */
        JsonReader reader = json_reader_new(str_slice(more, 0, more.len - 2), arena);
        JsonToken token = json_next(&reader);
        if (cases[i].text[0] == '"') /* no part of a bad string is a token */
            assert_int_equal(token, JSON_BAD);
        while (token != JSON_END && token != JSON_BAD)
            token = json_next(&reader);
        if (token != JSON_BAD)
            fail_msg("%s is taken", cases[i].text);
        check_str(str_from_cstr(reader.error), cases[i].error);
        assert_int_equal(reader.start, cases[i].offset);
        assert_int_equal(json_next(&reader), JSON_BAD);
    }
}

static void depth_is_bounded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t depth = JSON_DEPTH_MAX; depth <= JSON_DEPTH_MAX + 1; depth++) {
        StrBuf buf = strbuf_new(arena);
        strbuf_add_repeat(&buf, '[', depth);
        strbuf_add_repeat(&buf, ']', depth);
        JsonReader reader = json_reader_new(strbuf_str(&buf), arena);
        JsonToken token = json_next(&reader);
        while (token != JSON_END && token != JSON_BAD)
            token = json_next(&reader);
        assert_int_equal(token, depth > JSON_DEPTH_MAX ? JSON_BAD : JSON_END);
    }
}

static void views_and_offsets(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str bytes = STR("{\"key\" : \"text\", \"k2\": [1, {\"x\": 2}] }");
    JsonReader reader = json_reader_new(bytes, arena);
    json_next(&reader);
    assert_int_equal(json_next(&reader), JSON_KEY);
    assert_ptr_equal(reader.text.ptr, bytes.ptr + 2);
    assert_int_equal(reader.start, 1);
    assert_int_equal(reader.end, 6);
    assert_int_equal(json_next(&reader), JSON_STRING);
    assert_ptr_equal(reader.text.ptr, bytes.ptr + 10);
    assert_true(reader.is_ascii);
    json_next(&reader);
    Str skipped;
    assert_true(json_skip(&reader, json_next(&reader), &skipped));
    check_str(skipped, "[1, {\"x\": 2}]");
    assert_int_equal(json_next(&reader), JSON_OBJECT_END);
    assert_int_equal(json_next(&reader), JSON_END);
}

static void skip_of_scalars_and_of_bad_ones(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str skipped;
    JsonReader reader = json_reader_new(STR("[ 12 , {\"a\": }]"), arena);
    json_next(&reader);
    assert_true(json_skip(&reader, json_next(&reader), &skipped));
    check_str(skipped, "12");
    assert_false(json_skip(&reader, json_next(&reader), &skipped));
    check_str(skipped, "12");
    assert_non_null(reader.error);
}

/* Special characters at every offset of a long string: the scan reads whole words. */
static void specials_at_each_offset(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t at = 0; at < 40; at++) {
        StrBuf buf = strbuf_new(arena);
        strbuf_add_char(&buf, '"');
        strbuf_add_repeat(&buf, ' ', at);
        strbuf_add(&buf, STR("\\n"));
        strbuf_add_repeat(&buf, '~', 40 - at);
        strbuf_add_char(&buf, '"');
        JsonReader reader = json_reader_new(strbuf_str(&buf), arena);
        assert_int_equal(json_next(&reader), JSON_STRING);
        assert_int_equal(reader.text.len, 41);
        assert_int_equal(reader.text.ptr[at], '\n');
        assert_int_equal(json_next(&reader), JSON_END);
    }
}

/* Members one after the other, each with the text of its value. */
static void members(void **) {
    static const struct {
        const char *text, *wanted; /* "key=value " for each, "!" if an error ends them */
    } rows[] = {
        {"{}", ""},
        {"{\"a\":1}", "a=1 "},
        {"{\"a\":[1, {\"b\":2}],\"c\":\"d\"}", "a=[1, {\"b\":2}] c=\"d\" "},
        {"{\"a\":{},\"\\u0062\":null}", "a={} b=null "},
        {"{\"a\":1,\"b\":[1}", "a=1 !"},
        {"{\"a\":1,\"b\"}", "a=1 !"},
        {"{\"a\":1,", "a=1 !"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        JsonReader reader = json_reader_new(str_from_cstr(rows[i].text), arena);
        assert_int_equal(json_next(&reader), JSON_OBJECT_START);
        StrBuf got = strbuf_new(arena);
        Str key, value;
        while (json_next_member(&reader, &key, &value))
            strbuf_add_format(&got, "%.*s=%.*s ", STR_ARG(key), STR_ARG(value));
        if (reader.error)
            strbuf_add_char(&got, '!');
        check_str(strbuf_str(&got), rows[i].wanted);
    }
}

UNIT_MAIN(test_json_reader) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members),
        cmocka_unit_test(ascii),
        cmocka_unit_test(tokens),
        cmocka_unit_test(signs_at_every_place),
        cmocka_unit_test(rows),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(views_and_offsets),
        cmocka_unit_test(skip_of_scalars_and_of_bad_ones),
        cmocka_unit_test(specials_at_each_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
