/* served_schema: attributes, nested blocks and functions. */
#include "served_schema.h"

#include "json.h"
#include "registry.h"
#include "wire.h"

static void put_type(StrBuf *out, uint32_t number, const Type *type, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_write_type(&writer, type);
    wire_put_bytes(out, number, strbuf_str(&text));
}

static void put_cstr(StrBuf *out, uint32_t number, const char *text) {
    wire_put_bytes(out, number, str_from_cstr(text));
}

/* Numbers of the protocol; NEST_SINGLE of a group is another number. */
static uint64_t nesting_number(Nesting nesting) {
    switch (nesting) {
    case NEST_SINGLE: return 1;
    case NEST_LIST: return 2;
    case NEST_SET: return 3;
    case NEST_MAP: return 4;
    }
    return 0;
}

static void put_attribute(StrBuf *out, uint32_t number, const Attribute *attribute, Arena *arena);

static void put_nested(StrBuf *out, uint32_t number, const NestedObject *nested, Arena *arena) {
    enum { ATTRIBUTES = 1, NESTING = 3 };
    size_t message = wire_begin(out, number);
    for (size_t i = 0; i < nested->schema.attribute_count; i++)
        put_attribute(out, ATTRIBUTES, &nested->schema.attributes[i], arena);
    wire_put_varint(out, NESTING, nesting_number(nested->nesting));
    wire_end(out, message);
}

static void put_attribute(StrBuf *out, uint32_t number, const Attribute *attribute, Arena *arena) {
    enum { NAME = 1, TYPE = 2, DESCRIPTION = 3, NESTED_TYPE = 10 };
    static const struct {
        unsigned flag;
        uint32_t number;
    } flags[] = {
        {REQUIRED, 4}, {OPTIONAL, 5},   {COMPUTED, 6},    {SENSITIVE, 7},
        {MARKDOWN, 8}, {DEPRECATED, 9}, {WRITE_ONLY, 11},
    };
    size_t message = wire_begin(out, number);
    put_cstr(out, NAME, attribute->name);
    if (attribute->nested)
        put_nested(out, NESTED_TYPE, attribute->nested, arena);
    else
        put_type(out, TYPE, attribute->type, arena);
    put_cstr(out, DESCRIPTION, attribute->description);
    for (size_t i = 0; i < ARRAY_COUNT(flags); i++)
        wire_put_varint(out, flags[i].number, (attribute->flags & flags[i].flag) != 0);
    wire_end(out, message);
}

static void put_content(StrBuf *out, uint32_t number, const Schema *schema, Arena *arena);

static void put_block(StrBuf *out, uint32_t number, const Block *block, Arena *arena) {
    enum { NAME = 1, CONTENT = 2, NESTING = 3, MIN = 4, MAX = 5, GROUP = 5 };
    /* Terraform requires equal limits of a single block. */
    uint32_t max_items = block->nesting == NEST_SINGLE ? block->min_items : block->max_items;
    size_t message = wire_begin(out, number);
    put_cstr(out, NAME, block->name);
    put_content(out, CONTENT, &block->schema, arena);
    wire_put_varint(out, NESTING, block->is_group ? GROUP : nesting_number(block->nesting));
    wire_put_varint(out, MIN, block->min_items);
    wire_put_varint(out, MAX, max_items);
    wire_end(out, message);
}

static void put_content(StrBuf *out, uint32_t number, const Schema *schema, Arena *arena) {
    enum { VERSION = 1, ATTRIBUTES = 2, BLOCKS = 3, DESCRIPTION = 4, KIND = 5, OUTDATED = 6 };
    size_t message = wire_begin(out, number);
    wire_put_varint(out, VERSION, (uint64_t)schema->version);
    for (size_t i = 0; i < schema->attribute_count; i++)
        put_attribute(out, ATTRIBUTES, &schema->attributes[i], arena);
    for (size_t i = 0; i < schema->block_count; i++)
        put_block(out, BLOCKS, &schema->blocks[i], arena);
    put_cstr(out, DESCRIPTION, schema->description);
    wire_put_varint(out, KIND, schema->is_markdown);
    wire_put_varint(out, OUTDATED, schema->deprecated != NULL);
    wire_end(out, message);
}

static void put_schema(StrBuf *out, uint32_t number, const Schema *schema, Arena *arena) {
    enum { VERSION = 1, CONTENT = 2 };
    size_t message = wire_begin(out, number);
    wire_put_varint(out, VERSION, (uint64_t)schema->version);
    put_content(out, CONTENT, schema, arena);
    wire_end(out, message);
}

enum { KEY = 1, ELEMENT = 2 };

static void put_entry(StrBuf *out, uint32_t number, const char *name, const Schema *schema,
                      Arena *arena) {
    size_t entry = wire_begin(out, number);
    put_cstr(out, KEY, name);
    put_schema(out, ELEMENT, schema, arena);
    wire_end(out, entry);
}

static void put_parameter(StrBuf *out, uint32_t number, const ProviderParameter *parameter,
                          Arena *arena) {
    enum { NAME = 1, TYPE = 2, ALLOWS_NULL = 3, DESCRIPTION = 5 };
    size_t message = wire_begin(out, number);
    put_cstr(out, NAME, parameter->name);
    put_type(out, TYPE, parameter->type, arena);
    wire_put_varint(out, ALLOWS_NULL, parameter->allows_null);
    put_cstr(out, DESCRIPTION, parameter->description);
    wire_end(out, message);
}

static void put_function(StrBuf *out, uint32_t number, const ProviderFunction *function,
                         Arena *arena) {
    enum { PARAMETERS = 1, VARIADIC = 2, RETURN = 3, SUMMARY = 4, DESCRIPTION = 5, TYPE = 1 };
    size_t entry = wire_begin(out, number);
    put_cstr(out, KEY, function->name);
    size_t message = wire_begin(out, ELEMENT);
    for (size_t i = 0; i < function->parameter_count; i++)
        put_parameter(out, PARAMETERS, &function->parameters[i], arena);
    if (function->variadic)
        put_parameter(out, VARIADIC, function->variadic, arena);
    size_t result = wire_begin(out, RETURN);
    put_type(out, TYPE, served_schema_result(function), arena);
    wire_end(out, result);
    put_cstr(out, SUMMARY, function->summary);
    put_cstr(out, DESCRIPTION, function->description);
    wire_end(out, message);
    wire_end(out, entry);
}

const Type *served_schema_result(const ProviderFunction *function) {
    if (function->object)
        return schema_implied_type(function->object);
    return function->type ? function->type : &TYPE_DYNAMIC;
}

static void put_capabilities(StrBuf *out, uint32_t number) {
    enum { PLAN_DESTROY = 1, SCHEMA_OPTIONAL = 2, MOVE = 3 };
    size_t message = wire_begin(out, number);
    wire_put_varint(out, PLAN_DESTROY, true);
    wire_put_varint(out, SCHEMA_OPTIONAL, true);
    wire_put_varint(out, MOVE, true);
    wire_end(out, message);
}

static const struct {
    ResourceMode mode;
    uint32_t number;   /* in the response to GetProviderSchema */
    uint32_t metadata; /* in the response to GetMetadata */
} modes[] = {
    {MODE_MANAGED, 2, 4},
    {MODE_DATA, 3, 3},
    {MODE_EPHEMERAL, 8, 6},
};

Str served_schema_response(const Provider *provider, Arena *arena) {
    enum { PROVIDER = 1, CAPABILITIES = 6, FUNCTIONS = 7 };
    StrBuf out = strbuf_new(arena);
    put_schema(&out, PROVIDER, &provider->schema, arena);
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        StrVec names = registry_type_names(provider, modes[i].mode, arena);
        vec_each(&names, name) {
            const ObjectType *type = registry_find_type(provider, modes[i].mode, *name);
            put_entry(&out, modes[i].number, type->name, &type->schema, arena);
        }
    }
    put_capabilities(&out, CAPABILITIES);
    for (size_t i = 0; i < provider->function_count; i++)
        put_function(&out, FUNCTIONS, &provider->functions[i], arena);
    return strbuf_str(&out);
}

static void put_name(StrBuf *out, uint32_t number, Str name) {
    enum { NAME = 1 };
    size_t message = wire_begin(out, number);
    wire_put_bytes(out, NAME, name);
    wire_end(out, message);
}

Str served_schema_metadata(const Provider *provider, Arena *arena) {
    enum { CAPABILITIES = 1, FUNCTIONS = 5 };
    StrBuf out = strbuf_new(arena);
    put_capabilities(&out, CAPABILITIES);
    for (size_t i = 0; i < ARRAY_COUNT(modes); i++) {
        StrVec names = registry_type_names(provider, modes[i].mode, arena);
        vec_each(&names, name) {
            put_name(&out, modes[i].metadata, *name);
        }
    }
    for (size_t i = 0; i < provider->function_count; i++)
        put_name(&out, FUNCTIONS, str_from_cstr(provider->functions[i].name));
    return strbuf_str(&out);
}

Str served_schema_functions(const Provider *provider, Arena *arena) {
    enum { FUNCTIONS = 1 };
    StrBuf out = strbuf_new(arena);
    for (size_t i = 0; i < provider->function_count; i++)
        put_function(&out, FUNCTIONS, &provider->functions[i], arena);
    return strbuf_str(&out);
}
