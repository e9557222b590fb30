/* Indentation, escapes and copying; the expected texts are those of Go's encoder. */
#include "unit.h"

#include "base64.h"
#include "json_writer.h"

static JsonWriter writer_new(StrBuf *buf, uint8_t indent) {
    JsonWriter writer;
    json_writer_init(&writer, buf, indent);
    return writer;
}

static void write_sample(JsonWriter *writer) {
    json_object_start(writer);
    json_key_int(writer, "a", -9223372036854775807LL - 1);
    json_key(writer, STR("empty"));
    json_object_start(writer);
    json_object_end(writer);
    json_key(writer, STR("list"));
    json_array_start(writer);
    json_bool(writer, true);
    json_write_null(writer);
    json_array_start(writer);
    json_array_end(writer);
    json_object_start(writer);
    json_key_string(writer, "k", STR("v"));
    json_object_end(writer);
    json_array_end(writer);
    json_key_bool(writer, "z", false);
    json_object_end(writer);
}

static void layout(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf compact = strbuf_new(arena);
    JsonWriter writer = writer_new(&compact, 0);
    write_sample(&writer);
    check_str(strbuf_str(&compact), "{\"a\":-9223372036854775808,\"empty\":{},\"list\":[true,null,["
                                    "],{\"k\":\"v\"}],\"z\":false}");
    StrBuf narrow = strbuf_new(arena);
    writer = writer_new(&narrow, 1);
    json_object_start(&writer);
    json_key_int(&writer, "a", 1);
    json_object_end(&writer);
    check_str(strbuf_str(&narrow), "{\n \"a\": 1\n}");
    StrBuf indented = strbuf_new(arena);
    writer = writer_new(&indented, 2);
    write_sample(&writer);
    check_str(
        strbuf_str(&indented),
        "{\n  \"a\": -9223372036854775808,\n  \"empty\": {},\n  \"list\": [\n    true,\n    null,\n"
        "    [],\n    {\n      \"k\": \"v\"\n    }\n  ],\n  \"z\": false\n}");
}

static void escapes(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        Str text;
        const char *plain;
        const char *html;
    } cases[] = {
        {STR_CONST(""), "\"\"", "\"\""},
        {STR_CONST("a/b'c"), "\"a/b'c\"", "\"a/b'c\""},
        {STR_CONST("\"\\"), "\"\\\"\\\\\"", "\"\\\"\\\\\""},
        {STR_CONST("\b\f\n\r\t\v\x7f"), "\"\\b\\f\\n\\r\\t\\u000b\x7f\"",
         "\"\\b\\f\\n\\r\\t\\u000b\x7f\""},
        {STR_CONST("a\0b"), "\"a\\u0000b\"", "\"a\\u0000b\""},
        {STR_CONST("<a&b>"), "\"<a&b>\"", "\"\\u003ca\\u0026b\\u003e\""},
        {STR_CONST("\xE2\x80\xA8\xE2\x80\xA9é"), "\"\\u2028\\u2029é\"", "\"\\u2028\\u2029é\""},
        {STR_CONST("\x80z\xBF"), "\"\\ufffdz\\ufffd\"", "\"\\ufffdz\\ufffd\""},
        {STR_CONST("x\xFFy\xEF\xBF\xBD"), "\"x\\ufffdy\xEF\xBF\xBD\"", "\"x\\ufffdy\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        for (int html = 0; html < 2; html++) {
            StrBuf buf = strbuf_new(arena);
            JsonWriter writer = writer_new(&buf, 0);
            writer.escape_html = html == 1;
            json_write_string(&writer, cases[i].text);
            check_str(strbuf_str(&buf), html ? cases[i].html : cases[i].plain);
        }
    }
}

static void raw_is_laid_out_again(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str raw = STR(" {\"a\":[1.50, \"<\\u00e9\\/\"],\"b\" :{ }, \"<\":null}\n");
    StrBuf compact = strbuf_new(arena);
    JsonWriter writer = writer_new(&compact, 0);
    json_raw(&writer, raw);
    check_str(strbuf_str(&compact), "{\"a\":[1.50,\"<\\u00e9\\/\"],\"b\":{},\"<\":null}");
    StrBuf indented = strbuf_new(arena);
    writer = writer_new(&indented, 2);
    writer.escape_html = true;
    json_array_start(&writer);
    json_raw(&writer, raw);
    json_raw(&writer, STR("7"));
    json_raw(&writer, STR("\"\x80<\xE2\x80\xA8\""));
    json_array_end(&writer);
    check_str(
        strbuf_str(&indented),
        "[\n  {\n    \"a\": [\n      1.50,\n      \"\\u003c\\u00e9\\/\"\n    ],\n    \"b\": {},\n"
        "    \"\\u003c\": null\n  },\n  7,\n  \"\\ufffd\\u003c\\u2028\"\n]");
}

/* Quotes and backslashes in strings do not hide blanks outside them. */
static void blanks_of_raw_are_removed(void **) {
    static const struct {
        const char *raw, *compact;
    } cases[] = {
        {"{\"a b\":\"c \\\" d\"}", "{\"a b\":\"c \\\" d\"}"},
        {"{\"a\":\"\\\\\", \"b\":\" \"}", "{\"a\":\"\\\\\",\"b\":\" \"}"},
        {"[\"\\\"\",\t1]", "[\"\\\"\",1]"},
        {"[1,\r\n2]", "[1,2]"},
        {"\" \"", "\" \""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrBuf out = strbuf_new(arena);
        JsonWriter writer = writer_new(&out, 0);
        json_object_start(&writer);
        json_key(&writer, STR("raw"));
        json_raw(&writer, str_from_cstr(cases[i].raw));
        json_key_int(&writer, "next", 1);
        json_object_end(&writer);
        check_str_equal(strbuf_str(&out),
                        str_format(arena, "{\"raw\":%s,\"next\":1}", cases[i].compact));
    }
}

/* A text without blanks outside of strings is copied, however deep it is nested. */
static void compact_raw_is_copied(void **) {
    static const char *const cases[] = {
        "",
        "1",
        "\"a b\"",
        "{\"a b\":\"c \\\" d\",\"e\\\\\":[1,\" \\\\\",\"\\t x\"]}",
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrBuf deep = strbuf_new(arena), out = strbuf_new(arena);
        strbuf_add_repeat(&deep, '[', 300);
        strbuf_add_cstr(&deep, cases[i]);
        strbuf_add_repeat(&deep, ']', 300);
        Str text = str_clone(strbuf_str(&deep), arena);
        strbuf_add_char(&deep, ' '); /* not part of the text */
        JsonWriter writer = writer_new(&out, 0);
        json_raw(&writer, str_slice(strbuf_str(&deep), 0, text.len));
        check_str_equal(strbuf_str(&out), text);
    }
}

static void depth_has_no_bound(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf buf = strbuf_new(arena);
    JsonWriter writer = writer_new(&buf, 0);
    for (int i = 0; i < 5000; i++)
        json_array_start(&writer);
    for (int i = 0; i < 5000; i++)
        json_array_end(&writer);
    assert_int_equal(buf.len, 10000);
}

/* The bytes are encoded in pieces, which must not show. */
static void base64_is_one_text(void **) {
    static const size_t sizes[] = {0, 1, 3, 49151, 49152, 49153, 200000};
    for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        char *bytes = arena_new_array(arena, char, sizes[i] + 1);
        for (size_t k = 0; k < sizes[i]; k++)
            bytes[k] = (char)(k * 31 + k / 251);
        Str plain = {bytes, sizes[i]};
        StrBuf buf = strbuf_new(arena);
        JsonWriter writer = writer_new(&buf, 0);
        json_object_start(&writer);
        json_key_base64(&writer, "a", plain);
        json_key_int(&writer, "b", 1);
        json_object_end(&writer);
        Str encoded = base64_encode(plain, arena);
        check_str(
            strbuf_str(&buf),
            str_to_cstr(str_format(arena, "{\"a\":\"%.*s\",\"b\":1}", STR_ARG(encoded)), arena));
    }
}

/* Blanks outside of strings are dropped, wherever a string ends. */
static void raw_texts(void **) {
    static const char *const cases[][2] = {
        {"{\"a\":[1,\" \"]}", "{\"a\":[1,\" \"]}"},
        {"{ \"a\\\"\" : 1 }", "{\"a\\\"\":1}"},
        {"{\"a\\\"\": 1}", "{\"a\\\"\":1}"},
        {"[\"\\\\\", 1]", "[\"\\\\\",1]"},
        {"[\"a \\\" b\"]", "[\"a \\\" b\"]"},
        {"[1,\n2]", "[1,2]"},
        {"[1,\t2]", "[1,2]"},
        {"[1,\r2]", "[1,2]"},
        {"1 ", "1"},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        StrBuf buf = strbuf_new(arena);
        JsonWriter writer = writer_new(&buf, 0);
        json_raw(&writer, str_from_cstr(cases[i][0]));
        check_str(strbuf_str(&buf), cases[i][1]);
    }
}

UNIT_MAIN(test_json_writer) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_texts),
        cmocka_unit_test(layout),
        cmocka_unit_test(escapes),
        cmocka_unit_test(raw_is_laid_out_again),
        cmocka_unit_test(blanks_of_raw_are_removed),
        cmocka_unit_test(compact_raw_is_copied),
        cmocka_unit_test(depth_has_no_bound),
        cmocka_unit_test(base64_is_one_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
