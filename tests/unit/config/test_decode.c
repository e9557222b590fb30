/* Bodies decoded by a provider's schema: values, dynamic blocks, positions, errors. */
#include "config_case.h"

#include "decode.h"
#include "json.h"

static const Attribute part_attributes[] = {
    {"size", &TYPE_NUMBER, REQUIRED, "Size."},
    {"name", &TYPE_STRING, OPTIONAL, "Name."},
};

static const Attribute attributes[] = {
    {"name", &TYPE_STRING, REQUIRED, "Name."},
    {"count_of", &TYPE_NUMBER, OPTIONAL, "Number."},
    {"id", &TYPE_STRING, COMPUTED, "Id."},
    {"tags", &TYPE_MAP_OF_STRING, OPTIONAL, "Tags."},
    {.name = "disk", .flags = OPTIONAL, .nested = NESTED(NEST_LIST, part_attributes)},
    {.name = "by_name", .flags = OPTIONAL, .nested = NESTED(NEST_MAP, part_attributes)},
};

static const Block part_blocks[] = {
    {.name = "leaf", .nesting = NEST_SINGLE, .schema = {SCHEMA_ATTRIBUTES(part_attributes)}},
};

static const Block blocks[] = {
    {.name = "port",
     .nesting = NEST_LIST,
     .schema = {SCHEMA_ATTRIBUTES(part_attributes), SCHEMA_BLOCKS(part_blocks)}},
    {.name = "rule", .nesting = NEST_SET, .schema = {SCHEMA_ATTRIBUTES(part_attributes)}},
    {.name = "limit", .nesting = NEST_MAP, .schema = {SCHEMA_ATTRIBUTES(part_attributes)}},
    {.name = "once", .nesting = NEST_SINGLE, .schema = {SCHEMA_ATTRIBUTES(part_attributes)}},
};

static const Schema schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks)};

typedef struct DecodeCase {
    Arena *arena;
    Diags diags;
    const Decoded *decoded;
    Scope scope;
    Map variables;
    Value value;
    bool ok;
} DecodeCase;

static Value *new_value(Arena *arena, Value value) {
    Value *out = arena_new(arena, Value);
    *out = value;
    return out;
}

static Value json_value(const char *text, Arena *arena) {
    const char *error;
    size_t offset;
    Value value;
    assert_true(json_parse_any(str_from_cstr(text), &value, &error, &offset, arena));
    return value;
}

typedef bool (*ParseBody)(const SourceText *source, const FunctionTable *functions,
                          const Body **out, Arena *arena, Diags *diags);

static void decode_with(ParseBody parse, DecodeCase *c, const Schema *wanted, const char *text,
                        Arena *arena) {
    const FunctionTable *functions = function_table_new(NULL, 0, arena);
    const SourceText *source = source_text_new(STR("f"), str_from_cstr(text), arena);
    const Body *body;
    *c = (DecodeCase){.arena = arena, .diags = diags_new(arena), .variables = map_new(arena)};
    c->scope = scope_from_map(&c->variables, functions);
    map_set(&c->variables, STR("list"), new_value(arena, json_value("[3, 4]", arena)));
    map_set(&c->variables, STR("map"), new_value(arena, json_value("{\"k\": 5}", arena)));
    map_set(&c->variables, STR("text"), new_value(arena, value_from_cstr("abc")));
    map_set(&c->variables, STR("none"), new_value(arena, value_null(&TYPE_DYNAMIC)));
    map_set(&c->variables, STR("later"), new_value(arena, value_unknown(&TYPE_DYNAMIC)));
    c->ok = parse(source, functions, &body, arena, &c->diags) &&
            decode_body(body, wanted, &c->decoded, arena, &c->diags) &&
            decode_eval(c->decoded, &c->scope, &c->value, arena, &c->diags);
    assert_int_equal(c->ok, c->diags.error_count == 0);
}

static void decode_as(DecodeCase *c, const Schema *wanted, const char *text, Arena *arena) {
    decode_with(body_yaml_parse, c, wanted, text, arena);
}

static void decode_native(DecodeCase *c, const Schema *wanted, const char *text, Arena *arena) {
    decode_with(body_hcl_parse, c, wanted, text, arena);
}

static void decode(DecodeCase *c, const char *text, Arena *arena) {
    decode_as(c, &schema, text, arena);
}

static Str result(const DecodeCase *c) {
    StrBuf buf = strbuf_new(c->arena);
    if (!c->ok)
        return config_case_text(&c->diags, c->arena);
    assert_true(type_equal(c->value.type, schema_implied_type(&schema)));
    for (size_t i = 0; i < c->value.count; i++) {
        Value item = value_at(c->value, i);
        bool is_empty = value_is_null(item) || (value_is_present(item) && item.count == 0 &&
                                                type_is_collection(item.type));
        if (!is_empty)
            strbuf_add_format(&buf, "%.*s=%.*s;", STR_ARG(value_key_at(c->value, i)),
                              STR_ARG(value_display(item, 0, c->arena)));
    }
    return strbuf_str(&buf);
}

typedef struct TextCase {
    const char *text;
    const char *wanted;
} TextCase;

static const TextCase cases[] = {
    {"name: a\ncount_of: \"5\"\n", "count_of=5;name=\"a\";"},
    {"{}\n", "f:1:1 Missing required argument\n"},
    {"name: a\nsize: 1\n", "f:2:1 Unsupported argument\n"},
    {"name: [a]\n", "f:1:7 Incorrect attribute value type\n"},
    {"name: ${text}\ndisk: [{size: 1}, {size: \"2\", name: x}]\n",
     "disk=[{name = null, size = 1}, {name = \"x\", size = 2}];name=\"abc\";"},
    {"name: a\ndisk: [{size: 1, nmae: 3}]\n", "f:2:18 Unsupported attribute\n"},
    {"name: a\ndisk: [{sise: 3}]\n", "f:2:9 Unsupported attribute\n"},
    {"name: a\ndisk: \"${true ? [{sise: 3}] : [for x in list : {size = x, nmae = 1}]}\"\n",
     "f:2:19 Unsupported attribute\nf:2:59 Unsupported attribute\n"},
    {"name: a\ndisk: \"${true ? [{sise = 3}] : [for x in list : {size = x, nmae = 1}]}\"\n",
     "f:2:19 Unsupported attribute\nf:2:60 Unsupported attribute\n"},
    {"name: a\nby_name: {x: {size: 1}, y: {sizee: 1}}\n", "f:2:29 Unsupported attribute\n"},
    {"name: a\ndisk:\n- {size: 1}\n- {size: x}\n", "f:4:10 Incorrect attribute value type\n"},
    {"name: a\ndisk: [{name: x}]\n", "f:2:8 Missing required attribute\n"},
    {"name: a\ndisk: [{\"${text}\": x}]\n", "f:2:7 Incorrect attribute value type\n"},
    {"name: a\nport: [{size: 1}, {size: 2, leaf: {size: 3}}]\n",
     "name=\"a\";port=[{leaf = null, name = null, size = 1}, {leaf = {name = null, "
     "size = 3}, name = null, size = 2}];"},
    {"name: a\nport: {sise: 1}\n", "f:2:8 Unsupported argument\nf:2:1 Missing required argument\n"},
    {"name: a\nlimit: {x: {size: 1}, y: {size: 2}}\n",
     "limit={\"x\" = {name = null, size = 1}, \"y\" = {name = null, size = "
     "2}};name=\"a\";"},
    {"name: a\nlimit: [{x: {size: 1}}, {x: {size: 2}}]\n", "f:2:26 Duplicate block\n"},
    {"name: a\nonce: [{size: 1}, {size: 2}]\n", "f:2:20 Duplicate block\n"},
    {"name: a\nrule: [{size: 2}, {size: 1}, {size: 2}]\n",
     "name=\"a\";rule=[{name = null, size = 1}, {name = null, size = 2}];"},
    {"name: a\ndynamic: {once: {for_each: \"${map}\", content: {size: \"${once.value}\", name: "
     "\"${once.key}\"}}}\n",
     "name=\"a\";once={name = \"k\", size = 5};"},
    {"name: a\ndynamic: {once: {for_each: \"${list}\", content: {size: 1}}}\n",
     "f:2:11 Duplicate block\n"},
    {"name: a\ndynamic: {port: {for_each: \"${later}\", content: {size: 1}}}\n",
     "name=\"a\";port=(known after apply);"},
    {"name: a\ndynamic: {port: {for_each: \"${none}\", content: {size: 1}}}\n",
     "f:2:29 Invalid dynamic for_each value\n"},
    {"name: a\ndynamic: {port: {for_each: \"${text}\", content: {size: 1}}}\n",
     "f:2:29 Invalid dynamic for_each value\n"},
    {"name: a\ndynamic: {prot: {for_each: [], content: {size: 1}}}\n",
     "f:2:11 Unsupported block type\n"},
    {"name: a\ndynamic: {port: {for_each: [], content: [{size: 1}, {size: 1}]}}\n",
     "f:2:11 Invalid dynamic block\n"},
    {"name: a\ndynamic: {port: {for_each: []}}\n", "f:2:11 Invalid dynamic block\n"},
    {"name: a\ndynamic: {limit: {for_each: \"${list}\", labels: [\"l${limit.value}\"], content: "
     "{size: "
     "\"${limit.key}\"}}}\n",
     "limit={\"l3\" = {name = null, size = 0}, \"l4\" = {name = null, size = "
     "1}};name=\"a\";"},
    {"name: a\ndynamic: {limit: {for_each: [], content: {size: 1}}}\n",
     "f:2:11 Invalid dynamic labels\n"},
    {"name: a\ndynamic: {port: {for_each: [1], iterator: it, content: {size: \"${it.value}\", "
     "dynamic: {leaf: {for_each: [2], content: {size: \"${it.value + leaf.value}\"}}}}}}\n",
     "name=\"a\";port=[{leaf = {name = null, size = 3}, name = null, size = 1}];"},
};

static void values(void **) {
    size_t failures = 0;
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        DecodeCase c;
        decode(&c, cases[i].text, arena);
        Str got = result(&c);
        if (str_equal_cstr(got, cases[i].wanted))
            continue;
        print_error("%s  got:    %.*s\n  wanted: %s\n%.*s", cases[i].text, STR_ARG(got),
                    cases[i].wanted, STR_ARG(config_case_details(&c.diags, arena)));
        failures++;
    }
    assert_int_equal(failures, 0);
}

/* Suggestions inside an expression are the same as in a block. */
static void nearest_names(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    DecodeCase c;
    decode(&c, "name: a\ndisk: [{sise: 3}]\n", arena);
    Str details = config_case_details(&c.diags, arena);
    assert_true(str_find(details, STR("Did you mean \"size\"?"), 0) != SIZE_MAX);
    decode(&c, "name: a\ndisk: [{quite_another: 3}]\n", arena);
    details = config_case_details(&c.diags, arena);
    assert_true(str_find(details, STR("Did you mean"), 0) == SIZE_MAX);
}

typedef struct ArgumentCase {
    const char *text;
    const char *wanted; /* "rules" and "words", or the errors */
} ArgumentCase;

static const ArgumentCase argument_cases[] = {
    {"rules = [{ port = 1, text = null }]\n", "[{port = 1, text = null}] null"},
    {"rules {\n  port = \"1\"\n}\nrules {\n  text = \"b\"\n}\n",
     "[{port = 1, text = null}, {port = null, text = \"b\"}] null"},
    {"words {\n  text = \"b\"\n}\nwords {\n  text = \"a\"\n}\nwords {\n  text = \"b\"\n}\n",
     "null [{port = null, text = \"a\"}, {port = null, text = \"b\"}]"},
    {"dynamic \"rules\" {\n  for_each = list\n  content {\n    port = rules.value\n  }\n}\n",
     "[{port = 3, text = null}, {port = 4, text = null}] null"},
    {"dynamic \"rules\" {\n  for_each = []\n  content {\n    port = 1\n  }\n}\n", "null null"},
    {"rules {\n  port = 1\n}\ndynamic \"rules\" {\n  for_each = later\n  content {\n"
     "    port = 1\n  }\n}\n",
     "[{port = 1, text = null}, {port = (known after apply), text = null}] null"},
    {"rules {\n  prot = 1\n}\n", "f:2:3 Unsupported argument\n"},
    {"rules = []\nrules {\n  port = 1\n}\n", "f:2:1 Unsupported block type\n"},
    {"name {\n}\n", "f:1:1 Unsupported block type\n"},
};

static Str decode_argument_case(const ArgumentCase *row, const Schema *wanted, Arena *arena) {
    DecodeCase c;
    decode_native(&c, wanted, row->text, arena);
    if (!c.ok)
        return config_case_text(&c.diags, arena);
    return str_format(arena, "%.*s %.*s", STR_ARG(value_display(value_at(c.value, 1), 0, arena)),
                      STR_ARG(value_display(value_at(c.value, 2), 0, arena)));
}

/* An argument that is a list or a set of objects can be written as blocks. */
static void arguments_as_blocks(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Str names[] = {STR("port"), STR("text")};
    const Type *types[] = {&TYPE_NUMBER, &TYPE_STRING};
    const Type *object = type_object(names, types, NULL, 2, arena);
    const Attribute rows[] = {
        {"name", &TYPE_STRING, OPTIONAL, "Name."},
        {"rules", type_list(object, arena), REQUIRED, "Objects in order."},
        {"words", type_set(object, arena), OPTIONAL, "Objects without order."},
    };
    const Attribute optional_rows[] = {
        rows[0], {"rules", rows[1].type, OPTIONAL, "Objects in order."}, rows[2]};
    static Schema required, optional; /* types are cached by the address */
    required = (Schema){SCHEMA_ATTRIBUTES(rows)};
    optional = (Schema){SCHEMA_ATTRIBUTES(optional_rows)};
    for (size_t i = 0; i < ARRAY_COUNT(argument_cases); i++)
        check_str(decode_argument_case(&argument_cases[i], &optional, arena),
                  argument_cases[i].wanted);
    check_str(decode_argument_case(&(ArgumentCase){"rules {\n}\n", ""}, &required, arena),
              "[{port = null, text = null}] null");
}

static void collect_root(Traversal *traversal, void *payload) {
    StrBuf *buf = payload;
    strbuf_add_format(buf, "%.*s ", STR_ARG(traversal->root));
}

/* Iterator names are local to their dynamic blocks, so they are not references. */
static void traversals(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    DecodeCase c;
    decode(&c,
           "name: ${text}\ndynamic: {port: {for_each: \"${list}\", iterator: it, content: {size: "
           "\"${it.value + map.k}\"}}}\n",
           arena);
    static const char *const parts[][2] = {
        {"", "text list map "},
        {"name", "text "},
        {"port", "list map "},
        {"none", ""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(parts); i++) {
        StrBuf buf = strbuf_new(arena);
        decode_each_traversal(c.decoded, str_from_cstr(parts[i][0]), collect_root, &buf);
        check_str(strbuf_str(&buf), parts[i][1]);
    }
}

static Path path_of(Arena *arena, const char *const *steps) {
    Path path = {0};
    for (; *steps; steps++) {
        int64_t index;
        Str step = str_from_cstr(*steps);
        path = str_to_int64(step, &index) ? path_index(path, value_int(index), arena)
               : step.ptr[0] == '"'
                   ? path_index(path, value_from_str(str_slice(step, 1, step.len)), arena)
                   : path_attribute(path, step, arena);
    }
    return path;
}

static void ranges(void **) {
    static const struct {
        const char *steps[5];
        const char *wanted;
    } places[] = {
        {{"name"}, "a"},
        {{"disk"}, "[{size: 1}, {size: 2}]"},
        {{"disk", "1", "size"}, "2"},
        {{"disk", "1", "name"}, "{size: 2}"},
        {{"tags", "\"k"}, "v"},
        {{"port", "1", "size"}, "4"},
        {{"port", "7"}, "size"},
        {{"limit", "\"x", "size"}, "6"},
        {{"once", "size"}, "5"},
        {{"id"}, ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    DecodeCase c;
    decode(&c,
           "name: a\ndisk: [{size: 1}, {size: 2}]\ntags: {k: v}\nport: [{size: 3}, {size: 4}]\n"
           "once: {size: 5}\nlimit: {x: {size: 6}}\n",
           arena);
    for (size_t i = 0; i < ARRAY_COUNT(places); i++)
        check_str(source_range_text(decode_range_of(c.decoded, path_of(arena, places[i].steps))),
                  places[i].wanted);
}

/* Nested objects with members of any type. */

static const Attribute chart_attributes[] = {
    {"name", &TYPE_STRING, OPTIONAL, "Name."},
    {"values", &TYPE_DYNAMIC, OPTIONAL, "Values."},
};
static const Attribute outer_attributes[] = {
    {"kind", &TYPE_STRING, OPTIONAL, "Kind."},
    {.name = "helm", .flags = OPTIONAL, .nested = NESTED(NEST_SINGLE, chart_attributes)},
};
static const Attribute open_attributes[] = {
    {.name = "helm", .flags = OPTIONAL, .nested = NESTED(NEST_SINGLE, chart_attributes)},
    {.name = "spec", .flags = OPTIONAL, .nested = NESTED(NEST_SINGLE, outer_attributes)},
    {.name = "list", .flags = OPTIONAL, .nested = NESTED(NEST_LIST, outer_attributes)},
    {.name = "names", .flags = OPTIONAL, .nested = NESTED(NEST_MAP, outer_attributes)},
};
static const Block open_blocks[] = {
    {.name = "once", .nesting = NEST_SINGLE, .schema = {SCHEMA_ATTRIBUTES(outer_attributes)}},
    {.name = "parts", .nesting = NEST_LIST, .schema = {SCHEMA_ATTRIBUTES(outer_attributes)}},
};
static const Schema open_schema = {SCHEMA_ATTRIBUTES(open_attributes), SCHEMA_BLOCKS(open_blocks)};

static Value stored_and_read(Value value, Arena *arena) {
    const Type *type = schema_implied_type(&open_schema);
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    const char *error;
    Value found;
    json_writer_init(&writer, &text, 0);
    json_write_typed(&writer, value, type);
    JsonReader reader = json_reader_new(strbuf_str(&text), arena);
    if (!json_read_typed(&reader, json_next(&reader), type, &found, &error, arena))
        fail_msg("%.*s: %s", STR_ARG(strbuf_str(&text)), error);
    return found;
}

/* Adds the format with the text instead of its first "%s", if it has one. */
static void add_with(StrBuf *out, const char *format, const char *text) {
    Str all = str_from_cstr(format);
    size_t at = str_find(all, STR("%s"), 0);
    strbuf_add(out, str_slice(all, 0, at == SIZE_MAX ? all.len : at));
    if (at == SIZE_MAX)
        return;
    strbuf_add(out, str_from_cstr(text));
    strbuf_add(out, str_after(all, at + 2));
}

/* A null, whatever expression it comes from, equals itself after it was stored. */
static void nulls_are_as_stored(void **) {
    static const char *const values[] = {"1", "{a = [1, true]}", "[]", "null", "text"};
    static const char *const objects[] = {
        "{name = text, values = %s}",
        "true ? null : {name = text, values = %s}",
        "{name = null, values = true ? null : %s}",
        "none",
    };
    static const char *const places[] = {
        "helm: \"${%s}\"\n",
        "spec: \"${{kind = text, helm = %s}}\"\n",
        "spec: \"${true ? null : {helm = %s}}\"\n",
        "list: \"${[{helm = %s}]}\"\n",
        "names: \"${{a = {helm = %s}, b = null}}\"\n",
        "once: {helm: \"${%s}\"}\n",
        "parts: [{helm: \"${%s}\"}, {kind: a}]\n",
    };
    size_t tried = 0;
    for (size_t i = 0; i < ARRAY_COUNT(values) * ARRAY_COUNT(objects) * ARRAY_COUNT(places); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        DecodeCase c;
        StrBuf object = strbuf_new(arena), text = strbuf_new(arena);
        size_t rest = i / ARRAY_COUNT(values);
        add_with(&object, objects[rest % ARRAY_COUNT(objects)], values[i % ARRAY_COUNT(values)]);
        add_with(&text, places[rest / ARRAY_COUNT(objects)],
                 str_to_cstr(strbuf_str(&object), arena));
        decode_as(&c, &open_schema, str_to_cstr(strbuf_str(&text), arena), arena);
        if (!c.ok)
            continue; /* the elements have no common type */
        tried++;
        Value again = stored_and_read(c.value, arena);
        if (!value_equal(c.value, again))
            fail_msg("%.*s%.*s", STR_ARG(strbuf_str(&text)),
                     STR_ARG(value_display(again, 0, arena)));
    }
    assert_true(tried > 100);
}

UNIT_MAIN(test_decode) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(nearest_names),
        cmocka_unit_test(arguments_as_blocks),
        cmocka_unit_test(traversals),
        cmocka_unit_test(ranges),
        cmocka_unit_test(nulls_are_as_stored),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
