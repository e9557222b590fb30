/* yaml_write: both styles; parsers read a string that was written as the same string. */
#include "yaml_write.h"

#include "json.h"
#include "unit.h"
#include "utf8.h"
#include "yaml_value.h"

static Value parsed(const char *json, Arena *arena) {
    Value value;
    const char *error = NULL;
    size_t offset = 0;
    assert_true(json_parse_any(str_from_cstr(json), &value, &error, &offset, arena));
    return value;
}

static void styles(void **) {
    static const struct {
        const char *json;
        const char *quoted;
        const char *manifest;
    } cases[] = {
        {"{}", "{}\n", "{}\n"},
        {"{\"a\":[],\"b\":null,\"c\":1.5}", "\"a\": []\n\"b\": null\n\"c\": 1.5\n",
         "a: []\nb: null\nc: 1.5\n"},
        {"{\"a\":[{\"b\":\"x\",\"c\":[1,true]}]}",
         "\"a\":\n- \"b\": \"x\"\n  \"c\":\n  - 1\n  - true\n",
         "a:\n- b: x\n  c:\n  - 1\n  - true\n"},
        {"{\"a/b\":\"*\",\"c\":\"x: y\"}", "\"a/b\": \"*\"\n\"c\": \"x: y\"\n",
         "a/b: '*'\nc: 'x: y'\n"},
        {"{\"a\":\"two\\nlines\"}", "\"a\": |-\n  two\n  lines\n", "a: |-\n  two\n  lines\n"},
        {"\"\"", "\"\"\n", "\"\"\n"},
        {"{\"a\":\"\xC3\xA9\xE4\xB8\xAD\"}", "\"a\": \"\xC3\xA9\xE4\xB8\xAD\"\n",
         "a: \xC3\xA9\xE4\xB8\xAD\n"},
        {"null", "null\n...\n", "null\n...\n"},
        {"true", "true\n...\n", "true\n...\n"},
        {"15", "15\n...\n", "15\n...\n"},
        {"\"x\"", "\"x\"\n", "x\n"},
        {"[]", "[]\n", "[]\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Value value = parsed(cases[i].json, arena);
        Str text;
        assert_true(yaml_write(value, YAML_STYLE_QUOTED, &text, arena));
        check_str(text, cases[i].quoted);
        assert_true(yaml_write(value, YAML_STYLE_MANIFEST, &text, arena));
        check_str(text, cases[i].manifest);
    }
}

/* Long texts are folded at 80 columns, as by other writers. */
static void long_texts(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf words = strbuf_new(arena);
    for (int i = 0; i < 60; i++)
        strbuf_add_cstr(&words, i ? " word" : "word");
    Str json = str_format(arena, "{\"a\":\"%.*s\"}", STR_ARG(strbuf_str(&words))), text, line;
    Value value = parsed(str_to_cstr(json, arena), arena);
    for (int style = 0; style < 2; style++) {
        size_t longest = 0;
        assert_true(
            yaml_write(value, style ? YAML_STYLE_MANIFEST : YAML_STYLE_QUOTED, &text, arena));
        while (str_next_field(&text, '\n', &line))
            longest = line.len > longest ? line.len : longest;
        assert_true(longest > 80 && longest < 90);
    }
}

static bool spend(void *payload, size_t elements) {
    (void)payload, (void)elements;
    return true;
}

/* Strings that a parser may take for another type, or that are not plain in YAML. */
static void strings_stay_strings(void **) {
    static const char *const texts[] = {
        "",
        "true",
        "no",
        "On",
        "y",
        "~",
        "null",
        "1",
        "0x1f",
        "1e3",
        ".5",
        "1_000",
        "12:30",
        ".inf",
        "<<",
        "=",
        "-",
        "- a",
        "a: b",
        "a #b",
        "#",
        "&a",
        "*",
        "!x",
        "%",
        "@a",
        "`a",
        "'a'",
        "\"a\"",
        " a",
        "a ",
        "a:",
        "[a",
        "{a",
        "a, b",
        "|",
        ">",
        "?",
        "? a",
        "2026-11-24",
        "2026-11-24T10:00:00Z",
        "\xc3\xa9",
        "a\tb",
        "a\n",
        "\n",
        "a\n\n b",
    };
    for (size_t i = 0; i < ARRAY_COUNT(texts); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Value value = value_from_str(str_from_cstr(texts[i])), read;
        YamlFailure failure;
        YamlDocuments documents = {0};
        Str text;
        for (YamlStyle style = YAML_STYLE_QUOTED; style <= YAML_STYLE_MANIFEST; style++) {
            Value list = value_tuple(&value, 1, arena);
            assert_true(yaml_write(list, style, &text, arena));
            assert_true(yaml_value_read(text, (YamlBudget){spend, NULL}, &read, &failure, arena));
            assert_true(value_equal(read, list));
            documents.count = 0;
            assert_true(
                yaml_documents_read(text, (YamlBudget){spend, NULL}, &documents, &failure, arena));
            assert_int_equal(documents.count, 1);
            assert_true(value_equal(documents.items[0].root, list));
        }
    }
}

/* Each character at each place of a text: alone, at both ends, in the middle, beside a line break.
 */
static void characters_stay(void **) {
    static const char *const forms[][2] = {
        {"", ""},       {"", "a"}, {"a", ""},   {"a", "b"}, {"a\n", ""}, {"", "\na"},
        {"a\n", "b\n"}, {" ", ""}, {"a: ", ""}, {"- ", ""}, {"a #", ""}, {"a\n", "\n\nb\n\n"},
    };
    size_t count = 0;
    for (uint32_t c = 1; c < 0x3100; c += c < 0x100 || (c >= 0x2000 && c < 0x2080) ? 1 : 0x80) {
        SCOPED(ArenaRef) arena = arena_open("test");
        for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
            StrBuf bytes = strbuf_new(arena);
            strbuf_add_cstr(&bytes, forms[i][0]);
            utf8_add(&bytes, c);
            strbuf_add_cstr(&bytes, forms[i][1]);
            Value value = value_string(strbuf_str(&bytes), arena), read;
            for (YamlStyle style = YAML_STYLE_QUOTED; style <= YAML_STYLE_MANIFEST; style++) {
                YamlFailure failure;
                YamlDocuments documents = {0};
                Str written;
                Value list = value_tuple(&value, 1, arena);
                assert_true(yaml_write(list, style, &written, arena));
                bool is_read =
                    yaml_value_read(written, (YamlBudget){spend, NULL}, &read, &failure, arena) &&
                    value_equal(read, list);
                is_read = is_read &&
                          yaml_documents_read(written, (YamlBudget){spend, NULL}, &documents,
                                              &failure, arena) &&
                          documents.count == 1 && value_equal(documents.items[0].root, list);
                if (!is_read)
                    fail_msg("U+%04X in form %zu, style %d: %.*s", (unsigned)c, i, (int)style,
                             STR_ARG(written));
                count++;
            }
        }
    }
    assert_true(count > 8000);
}

UNIT_MAIN(test_yaml_write) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(long_texts),
        cmocka_unit_test(styles),
        cmocka_unit_test(strings_stay_strings),
        cmocka_unit_test(characters_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
