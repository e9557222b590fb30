/* Schemas of providers: both protocol versions, and schemas that contradict themselves. */
#include "arena_case.h"

#include "protocol_schema.h"
#include "wire.h"

typedef struct Attr {
    const char *name;
    const char *type;  /* NULL: none */
    uint32_t flags[4]; /* numbers of fields that are true */
} Attr;

static void add_attribute(StrBuf *out, uint32_t number, const Attr *attr) {
    size_t attribute = wire_begin(out, number);
    wire_put_bytes(out, 1, str_from_cstr(attr->name));
    wire_put_bytes(out, 2, str_from_cstr(attr->type));
    for (size_t i = 0; i < ARRAY_COUNT(attr->flags); i++) {
        if (attr->flags[i])
            wire_put_varint(out, attr->flags[i], 1);
    }
    wire_end(out, attribute);
}

/* A schema of version 3 with these attributes. */
static Str schema_of(const Attr *attrs, size_t count) {
    StrBuf out = strbuf_new(arena);
    wire_put_varint(&out, 1, 3);
    size_t block = wire_begin(&out, 2);
    for (size_t i = 0; i < count; i++)
        add_attribute(&out, 2, &attrs[i]);
    wire_end(&out, block);
    return strbuf_str(&out);
}

static void attributes(void **) {
    static const Attr attrs[] = {
        {"name", "\"string\"", {4}},       {"tags", "[\"map\",\"dynamic\"]", {5, 6, 7, 8}},
        {"secret", "\"string\"", {5, 10}}, /* write-only in version 5 */
        {"token", "\"string\"", {5, 11}},  /* in version 6 */
        {"old", "\"number\"", {6, 9}},
    };
    static const unsigned wanted[] = {REQUIRED, OPTIONAL | COMPUTED | SENSITIVE | MARKDOWN,
                                      OPTIONAL | WRITE_ONLY, OPTIONAL | WRITE_ONLY,
                                      COMPUTED | DEPRECATED | WARNS_ITSELF};
    Schema schema;
    Str error;
    assert_true(protocol_schema_decode(schema_of(attrs, 5), &schema, &error, arena));
    assert_int_equal(schema.version, 3);
    assert_int_equal(schema.attribute_count, 5);
    for (size_t i = 0; i < 5; i++) {
        check_str(str_from_cstr(schema.attributes[i].name), attrs[i].name);
        assert_int_equal(schema.attributes[i].flags, wanted[i]);
    }
    check_str(type_to_constraint(schema_implied_type(&schema), arena),
              "object({name=string, old=number, secret=string, tags=map(any), token=string})");
}

static void contradictions(void **) {
    static const Attr cases[] = {
        {"a", "\"string\"", {0}}, /* neither configurable nor computed */
        {"a", "\"string\"", {4, 5}},
        {"a", "\"string\"", {4, 6}},
        {"a", "\"string\"", {6, 10}}, /* write-only and computed */
        {"a", "\"text\"", {4}},
        {"a", "[\"list\"]", {4}},
        {"a", NULL, {4}},
        {"", "\"string\"", {4}},
        {"a\"b", "\"string\"", {4}},
        {"9a", "\"string\"", {4}},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Schema schema = {0};
        Str error = STR_EMPTY;
        if (protocol_schema_decode(schema_of(&cases[i], 1), &schema, &error, arena))
            fail_msg("case %zu is accepted", i);
        assert_true(str_starts_with(error, STR("its schema ")));
        assert_null(schema.attributes);
    }
    static const Attr twice[] = {
        {"a", "\"string\"", {4}},
        {"a", "\"string\"", {4}},
    };
    Schema schema;
    Str error;
    assert_false(protocol_schema_decode(schema_of(twice, 2), &schema, &error, arena));
}

static void add_block(StrBuf *out, const char *name, uint64_t nesting, uint64_t min, uint64_t max) {
    static const Attr attr = {"x", "\"bool\"", {5}};
    size_t nested = wire_begin(out, 3);
    wire_put_bytes(out, 1, str_from_cstr(name));
    size_t block = wire_begin(out, 2);
    add_attribute(out, 2, &attr);
    wire_put_bytes(out, 4, STR("About it."));
    wire_put_varint(out, 5, 1);
    wire_put_varint(out, 6, 1);
    wire_end(out, block);
    wire_put_varint(out, 3, nesting);
    wire_put_varint(out, 4, min);
    wire_put_varint(out, 5, max);
    wire_end(out, nested);
}

static Str block_schema(uint64_t nesting, uint64_t min, uint64_t max) {
    StrBuf out = strbuf_new(arena);
    size_t block = wire_begin(&out, 2);
    add_block(&out, "part", nesting, min, max);
    wire_end(&out, block);
    return strbuf_str(&out);
}

static void blocks(void **) {
    static const Nesting modes[] = {NEST_SINGLE, NEST_LIST, NEST_SET, NEST_MAP, NEST_SINGLE};
    Schema schema;
    Str error;
    for (uint64_t i = 1; i <= 5; i++) {
        assert_true(protocol_schema_decode(block_schema(i, 1, 2), &schema, &error, arena));
        const Block *block = &schema.blocks[0];
        assert_int_equal(block->nesting, modes[i - 1]);
        assert_int_equal(block->is_group, i == 5);
        assert_true(block->min_items == 1 && block->max_items == 2);
        assert_true(block->schema.is_markdown && block->schema.deprecated);
        assert_true(schema.is_foreign && block->schema.is_foreign);
        check_str(str_from_cstr(block->schema.description), "About it.");
    }
    assert_false(protocol_schema_decode(block_schema(0, 0, 0), &schema, &error, arena));
    check_str(error, "its schema has an unknown nesting in \"part\"");
    assert_false(protocol_schema_decode(block_schema(6, 0, 0), &schema, &error, arena));
    assert_false(protocol_schema_decode(block_schema(2, 3, 2), &schema, &error, arena));
}

static void nested_objects(void **) {
    static const Attr inner = {"size", "\"number\"", {4}};
    StrBuf out = strbuf_new(arena);
    size_t block = wire_begin(&out, 2);
    size_t attribute = wire_begin(&out, 2);
    wire_put_bytes(&out, 1, STR("disks"));
    wire_put_varint(&out, 5, 1);
    size_t object = wire_begin(&out, 10);
    add_attribute(&out, 1, &inner);
    wire_put_varint(&out, 3, 2);
    wire_end(&out, object);
    wire_end(&out, attribute);
    wire_end(&out, block);
    Schema schema;
    Str error;
    assert_true(protocol_schema_decode(strbuf_str(&out), &schema, &error, arena));
    assert_int_equal(schema.attributes[0].nested->nesting, NEST_LIST);
    check_str(type_to_constraint(schema_implied_type(&schema), arena),
              "object({disks=list(object({size=number}))})");
}

static void too_deep(void **) {
    StrBuf inner = strbuf_new(arena);
    for (int i = 0; i < 500; i++) {
        StrBuf outer = strbuf_new(arena);
        size_t nested = wire_begin(&outer, 3);
        wire_put_bytes(&outer, 1, STR("b"));
        wire_put_bytes(&outer, 2, strbuf_str(&inner));
        wire_put_varint(&outer, 3, 1);
        wire_end(&outer, nested);
        inner = outer;
    }
    StrBuf out = strbuf_new(arena);
    wire_put_bytes(&out, 2, strbuf_str(&inner));
    Schema schema;
    Str error;
    assert_false(protocol_schema_decode(strbuf_str(&out), &schema, &error, arena));
    check_str(error, "its schema nests too deeply in \"b\"");
}

static void add_entry(StrBuf *out, uint32_t number, const char *name) {
    size_t entry = wire_begin(out, number);
    wire_put_bytes(out, 1, str_from_cstr(name));
    wire_put_bytes(out, 2, str_from_cstr(name));
    wire_end(out, entry);
}

static void an_index(void **) {
    StrBuf out = strbuf_new(arena);
    wire_put_bytes(&out, 1, STR("provider"));
    add_entry(&out, 2, "p_a");
    add_entry(&out, 2, "p_b");
    add_entry(&out, 2, "no name");
    add_entry(&out, 3, "p_data");
    add_entry(&out, 7, "twice");
    add_entry(&out, 8, "p_token");
    size_t capabilities = wire_begin(&out, 6);
    wire_put_varint(&out, 1, 1);
    wire_put_varint(&out, 2, 1);
    wire_end(&out, capabilities);
    ProtocolSchemas schemas;
    Str error;
    assert_true(protocol_schema_index(strbuf_str(&out), &schemas, &error, arena));
    assert_int_equal(schemas.types[MODE_MANAGED].count, 2);
    check_str_equal(*(const Str *)map_find(&schemas.types[MODE_MANAGED], STR("p_b")), STR("p_b"));
    assert_true(map_has(&schemas.types[MODE_DATA], STR("p_data")));
    assert_true(map_has(&schemas.functions, STR("twice")));
    assert_true(map_has(&schemas.types[MODE_EPHEMERAL], STR("p_token")));
    assert_true(schemas.plans_destroy && schemas.is_schema_optional && !schemas.moves_resources);
    assert_false(protocol_schema_index(STR_EMPTY, &schemas, &error, arena));
    check_str(error, "it sent no schema");
    assert_false(protocol_schema_index(STR("\x0A\x7F"), &schemas, &error, arena));
    check_str(error, "its schema is damaged");
}

UNIT_MAIN(test_protocol_schema) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(attributes), cmocka_unit_test(contradictions),
        cmocka_unit_test(blocks),     cmocka_unit_test(nested_objects),
        cmocka_unit_test(too_deep),   cmocka_unit_test(an_index),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
