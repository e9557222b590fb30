/* YAML as values: the core schema, aliases, merge keys, limits. */
#include "config_case.h"

#include "json.h"

static Str to_json(Value value, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    JsonWriter *writer = arena_new(arena, JsonWriter);
    json_writer_init(writer, &buf, 0);
    json_write_value(writer, value);
    return strbuf_str(&buf);
}

/* The whole document as one JSON object, or its diagnostics. */
static Str read_yaml(Str text, Arena *arena) {
    const SourceText *source = source_text_new(STR("f"), text, arena);
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    Diags diags = diags_new(arena);
    const Body *body;
    BodyContent content;
    if (!body_yaml_parse(source, functions, &body, arena, &diags) ||
        !body_attributes(body, BODY_LITERAL, &content, arena, &diags))
        return config_case_text(&diags, arena);
    Str *names = arena_new_array(arena, Str, content.attributes.count);
    Value *values = arena_new_array(arena, Value, content.attributes.count);
    size_t count = 0;
    vec_each(&content.attributes, attribute) {
        names[count] = attribute->name;
        assert_true(expr_as_literal(attribute->expr, &values[count++], arena));
    }
    return to_json(value_object(names, values, count, arena), arena);
}

typedef struct YamlCase {
    const char *text;
    const char *wanted;
} YamlCase;

static const YamlCase cases[] = {
    {"", "{}"},
    {"# nothing\n", "{}"},
    {"---\na: 1\n", "{\"a\":1}"},
    {"\xEF\xBB\xBF"
     "a: 1\n",
     "{\"a\":1}"},
    {"a: [no, on, yes, y, off, No]\n", "{\"a\":[\"no\",\"on\",\"yes\",\"y\",\"off\",\"No\"]}"},
    {"a: [true, False, TRUE, tRue]\n", "{\"a\":[true,false,true,\"tRue\"]}"},
    {"a: [null, ~, Null, , nil]\n", "f:1:20 Invalid YAML syntax\n"},
    {"a: [null, ~, Null, nil]\nb:\n", "{\"a\":[null,null,null,\"nil\"],\"b\":null}"},
    {"a: [0o17, 0x1F, 0b11, +5, -7, 1_000]\n", "{\"a\":[15,31,\"0b11\",5,-7,\"1_000\"]}"},
    {"a: [.5, 5., 1e3, -1.50, 1.2.3, 1e, .]\n", "{\"a\":[0.5,5,1000,-1.5,\"1.2.3\",\"1e\",\".\"]}"},
    {"a: 123456789012345678901234567890.123456789\n",
     "{\"a\":123456789012345678901234567890.123456789}"},
    {"a: 0xFFFFFFFFFFFFFFFFFFFF\n", "{\"a\":1208925819614629174706175}"},
    {"a: ['1', \"true\", !!str 1, ! 2]\n", "{\"a\":[\"1\",\"true\",\"1\",\"2\"]}"},
    {"a: !!int 5\n", "{\"a\":5}"},
    {"a: !!int x\n", "f:1:4 Unsupported YAML tag\n"},
    {"a: 2001-12-14\nb: 1:30\n", "{\"a\":\"2001-12-14\",\"b\":\"1:30\"}"},
    {"80: x\ntrue: y\n", "{\"80\":\"x\",\"true\":\"y\"}"},
    {"a: &x {b: 1}\nc: *x\n", "{\"a\":{\"b\":1},\"c\":{\"b\":1}}"},
    {"a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}"},
    {"a: &x {b: 1, c: 2}\nd: {<<: *x, c: 3}\n",
     "{\"a\":{\"b\":1,\"c\":2},\"d\":{\"b\":1,\"c\":3}}"},
    {"a: &x {b: 1}\nc: &y {b: 2, d: 2}\ne: {<<: [*x, *y]}\n",
     "{\"a\":{\"b\":1},\"c\":{\"b\":2,\"d\":2},\"e\":{\"b\":1,\"d\":2}}"},
    {"a: {<<: 1}\n", "f:1:9 Invalid merge key\n"},
    {"a: {'<<': 1}\n", "{\"a\":{\"<<\":1}}"},
    {"a: |\n  x\n  y\n", "{\"a\":\"x\\ny\\n\"}"},
    {"a: >-\n  x\n  y\n", "{\"a\":\"x y\"}"},
    {"[a]: 1\n", "f:1:1 Invalid key\n"},
    {"? \n: 1\n", "f:1:2 Invalid key\n"},
    {"- a: 1\n- b: 2\n", "{\"a\":1,\"b\":2}"},
    {"- a: 1\n- 2\n", "f:1:1 Root value must be an object\n"},
    {"text\n", "f:1:1 Root value must be an object\n"},
    {"a: @x\n", "f:1:4 Invalid YAML syntax\n"},
    {"a: \"\\q\"\n", "f:1:5 Invalid YAML syntax\n"},
    {"\xC3\xA9: [\xC3\xA9, *q]\n", "f:1:8 Invalid YAML alias\n"},
};

static void documents(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        Str got = read_yaml(str_from_cstr(cases[i].text), arena);
        if (str_equal_cstr(got, cases[i].wanted))
            continue;
        print_error("%s  got:    %.*s\n  wanted: %s\n", cases[i].text, STR_ARG(got),
                    cases[i].wanted);
        failures++;
    }
    assert_int_equal(failures, 0);
}

static void aliases_are_bounded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf text = strbuf_new(arena);
    strbuf_add_cstr(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 20; i++) {
        strbuf_add_format(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            strbuf_add_format(&text, "*a%d, ", i - 1);
        strbuf_add_cstr(&text, "]\n");
    }
    check_str(read_yaml(strbuf_str(&text), arena), "f:7:5 Too large YAML document\n");
}

static void depth_is_bounded(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    StrBuf text = strbuf_new(arena);
    strbuf_add_cstr(&text, "a: ");
    strbuf_add_repeat(&text, '[', 600);
    strbuf_add_repeat(&text, ']', 600);
    check_str(read_yaml(strbuf_str(&text), arena), "f:1:259 Too deeply nested YAML\n");
}

UNIT_MAIN(test_body_yaml) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents),
        cmocka_unit_test(aliases_are_bounded),
        cmocka_unit_test(depth_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
