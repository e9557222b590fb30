/* foreign_case: the schemas of a provider that is a program, and objects of its types. */
#pragma once

#include "foreign_world.h"
#include "resource_type.h"

static inline void add_attribute(StrBuf *out, const char *name, uint32_t flag) {
    size_t attribute = wire_begin(out, 2);
    wire_put_bytes(out, 1, str_from_cstr(name));
    wire_put_bytes(out, 2, STR("\"string\""));
    wire_put_varint(out, flag, 1);
    wire_end(out, attribute);
}

/* The attributes id (computed) and name (required), and a list of blocks `part`. */
static inline void add_schema(StrBuf *out, uint32_t number) {
    size_t schema = wire_begin(out, number);
    size_t block = wire_begin(out, 2);
    add_attribute(out, "id", 6);
    add_attribute(out, "name", 4);
    size_t nested = wire_begin(out, 3);
    wire_put_bytes(out, 1, STR("part"));
    size_t inner = wire_begin(out, 2);
    add_attribute(out, "x", 5);
    wire_end(out, inner);
    wire_put_varint(out, 3, 2);
    wire_end(out, nested);
    wire_end(out, block);
    wire_end(out, schema);
}

static inline void add_type(StrBuf *out, uint32_t number, const char *name) {
    size_t entry = wire_begin(out, number);
    wire_put_bytes(out, 1, str_from_cstr(name));
    add_schema(out, 2);
    wire_end(out, entry);
}

static inline void add_parameter(StrBuf *out, uint32_t number, const char *name, const char *type) {
    size_t parameter = wire_begin(out, number);
    wire_put_bytes(out, 1, str_from_cstr(name));
    wire_put_bytes(out, 2, str_from_cstr(type));
    wire_put_varint(out, 3, 1);
    wire_put_bytes(out, 5, STR("A parameter."));
    wire_end(out, parameter);
}

/* name(a: string, more: number...) → list of any; and one with a damaged signature. */
static inline void add_function(StrBuf *out, const char *name) {
    size_t entry = wire_begin(out, 7);
    wire_put_bytes(out, 1, str_from_cstr(name));
    size_t function = wire_begin(out, 2);
    add_parameter(out, 1, "a", "\"string\"");
    add_parameter(out, 2, "more", "\"number\"");
    size_t result = wire_begin(out, 3);
    wire_put_bytes(out, 1, STR("[\"list\",\"string\"]"));
    wire_end(out, result);
    wire_put_bytes(out, 4, STR("Adds."));
    wire_put_bytes(out, 5, STR("Adds things."));
    wire_end(out, function);
    wire_end(out, entry);
    entry = wire_begin(out, 7);
    wire_put_bytes(out, 1, STR("damaged"));
    wire_put_bytes(out, 2, STR("\x0A\x01\x7F"));
    wire_end(out, entry);
}

static inline void set_schemas(void) {
    StrBuf out = strbuf_new(arena);
    size_t provider = wire_begin(&out, 1);
    size_t block = wire_begin(&out, 2);
    add_attribute(&out, "url", 5);
    wire_end(&out, block);
    wire_end(&out, provider);
    add_type(&out, 2, "p_thing");
    add_type(&out, 3, "p_look");
    add_type(&out, 8, "p_token");
    add_type(&out, 9, "p_thing");
    add_type(&out, 9, "p_look");
    size_t capabilities = wire_begin(&out, 6);
    wire_put_varint(&out, 1, 1);
    wire_put_varint(&out, 3, 1);
    wire_put_varint(&out, 4, 1);
    wire_end(&out, capabilities);
    add_function(&out, "add");
    world_respond("GetProviderSchema", (RpcResponse){.message = strbuf_str(&out)});
}

static inline ForeignProvider *open_provider(void) {
    static const ForeignProgram program = {.name = STR_CONST("x/p"),
                                           .program = STR_CONST("/bin/p")};
    Diags diags = diags_new(arena);
    set_schemas();
    ForeignProvider *foreign = foreign_provider_open(STR("h/x/p"), &program, &world.io, &diags);
    if (!foreign)
        fail_msg("%.*s", STR_ARG(diags.items[0].detail));
    return foreign;
}

static inline Call call_of(ForeignProvider *foreign, ResourceMode mode, const char *type) {
    Call call = {.provider = &foreign->provider,
                 .type = registry_find_type(&foreign->provider, mode, str_from_cstr(type)),
                 .io = &world.io,
                 .arena = arena,
                 .address = STR("p_thing.a")};
    assert_non_null(call.type);
    return call;
}

/* The values of id, name and the number of parts; NULL id: unknown. */
static inline Value object(const Call *call, const char *id, const char *name) {
    Value v = schema_empty_value(&call->type->schema, arena);
    Value *items = value_copy_items(v, arena);
    items[0] = id ? value_from_cstr(id) : value_null(&TYPE_STRING);
    items[1] = value_from_cstr(name);
    return value_with_items(v, items, arena);
}

static inline Value nothing(const Call *call) {
    return value_null(schema_implied_type(&call->type->schema));
}

/* DynamicValues in field 1: {id: unknown, name: "a", part: null}, {id: "1", …}, null. */
#define UNKNOWN_A "0a160a1483a26964d40000a46e616d65a161a470617274c0"
#define KNOWN_A   "0a150a1383a26964a131a46e616d65a161a470617274c0"
#define NOTHING   "0a030a01c0"

/* A test in a new world. */
#define FOREIGN_CASE(name) cmocka_unit_test_setup_teardown(name, open_world, close_world)
