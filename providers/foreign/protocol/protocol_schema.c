/* protocol_schema: decodes blocks and attributes, and checks them. */
#include "protocol_schema.h"

#include "json.h"
#include "wire.h"

enum { DEPTH_MAX = 64, ITEMS_MAX = 1 << 30 };

typedef struct Decoder {
    Arena *arena;
    Str *error;
    int depth;
    int version; /* 5 or 6: the numbers of some fields differ */
} Decoder;

static bool protocol_schema_fail(const Decoder *decoder, const char *format, Str name) {
    StrBuf text = strbuf_new(decoder->arena);
    strbuf_add_format(&text, "its schema %s", format);
    if (name.len)
        strbuf_add_format(&text, " in \"%.*s\"", STR_ARG(name));
    *decoder->error = strbuf_str(&text);
    return false;
}

static const char *protocol_schema_clone_text(Str bytes, Arena *arena) {
    return str_to_cstr(value_text(value_string(bytes, arena)), arena);
}

/* Accepts only names that are safe in C strings and in messages. */
static bool protocol_schema_is_name(Str name) {
    if (name.len == 0 || name.len > 1000)
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool is_later = (c >= '0' && c <= '9') || c == '-';
        if (!is_letter && (i == 0 || !is_later))
            return false;
    }
    return true;
}

static bool protocol_schema_read_type(const Decoder *decoder, Str json, Str name,
                                      const Type **out) {
    JsonReader reader = json_reader_new(json, decoder->arena);
    const Type *type;
    if (!json_read_type(&reader, json_next(&reader), &type, decoder->arena) ||
        json_next(&reader) != JSON_END)
        return protocol_schema_fail(decoder, "has an unknown type", name);
    *out = type_intern(type_without_optional(type, decoder->arena));
    return true;
}

typedef struct Members {
    VEC(Attribute) attributes;
    VEC(Block) blocks;
} Members;

static bool protocol_schema_read_attribute(Decoder *decoder, Str bytes, Attribute *out);

static bool protocol_schema_nesting_of(uint64_t number, Nesting *out, bool *is_group) {
    static const Nesting modes[] = {NEST_SINGLE, NEST_SINGLE, NEST_LIST,
                                    NEST_SET,    NEST_MAP,    NEST_SINGLE};
    if (number == 0 || number >= ARRAY_COUNT(modes))
        return false;
    *out = modes[number];
    *is_group = number == 5;
    return true;
}

static bool protocol_schema_read_object(Decoder *decoder, Str bytes, Str name,
                                        const NestedObject **out) {
    enum { ATTRIBUTES = 1, NESTING = 3 };
    VEC(Attribute) attributes = {0};
    NestedObject *nested = arena_new(decoder->arena, NestedObject);
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    bool is_group = false, has_nesting = false;
    if (++decoder->depth > DEPTH_MAX)
        return protocol_schema_fail(decoder, "nests too deeply", name);
    while (wire_next(&reader, &field)) {
        if (field.number == ATTRIBUTES) {
            Attribute *attribute = vec_add(decoder->arena, &attributes);
            if (!protocol_schema_read_attribute(decoder, field.bytes, attribute))
                return false;
        } else if (field.number == NESTING) {
            has_nesting = protocol_schema_nesting_of(field.value, &nested->nesting, &is_group);
        }
    }
    decoder->depth--;
    if (reader.is_bad || !has_nesting || is_group)
        return protocol_schema_fail(decoder, "has an unknown nesting", name);
    nested->schema.attributes = attributes.items;
    nested->schema.attribute_count = attributes.count;
    *out = nested;
    return true;
}

/* Field numbers of Attribute. Two numbers have another meaning in version 5 than in version 6.
 * Messages contain no version, but field 10 of version 5 is a number, and an attribute has either a
 * type or a nested type. */
enum {
    ATTRIBUTE_NAME = 1,
    ATTRIBUTE_TYPE = 2,
    ATTRIBUTE_DESCRIPTION = 3,
    ATTRIBUTE_REQUIRED = 4,
    ATTRIBUTE_OPTIONAL = 5,
    ATTRIBUTE_COMPUTED = 6,
    ATTRIBUTE_SENSITIVE = 7,
    ATTRIBUTE_KIND = 8,
    ATTRIBUTE_DEPRECATED = 9,
    ATTRIBUTE_10 = 10, /* write-only in version 5, nested type in version 6 */
    ATTRIBUTE_11 = 11, /* deprecation message in version 5, write-only in version 6 */
};

static unsigned protocol_schema_flag_of(const WireField *field) {
    bool is_number = field->form == WIRE_VARINT;
    switch (field->number) {
    case ATTRIBUTE_REQUIRED: return REQUIRED;
    case ATTRIBUTE_OPTIONAL: return OPTIONAL;
    case ATTRIBUTE_COMPUTED: return COMPUTED;
    case ATTRIBUTE_SENSITIVE: return SENSITIVE;
    case ATTRIBUTE_KIND: return MARKDOWN;
    case ATTRIBUTE_DEPRECATED: return DEPRECATED | WARNS_ITSELF;
    case ATTRIBUTE_10:
    case ATTRIBUTE_11: return is_number ? WRITE_ONLY : 0;
    default: return 0;
    }
}

static bool protocol_schema_check_attribute(const Decoder *decoder, const Attribute *attribute,
                                            Str name) {
    unsigned flags = attribute->flags;
    if (!attribute->type == !attribute->nested)
        return protocol_schema_fail(decoder, "has no type", name);
    bool is_configurable = flags & (REQUIRED | OPTIONAL);
    bool is_contradiction = ((flags & REQUIRED) && (flags & (OPTIONAL | COMPUTED))) ||
                            (!is_configurable && !(flags & COMPUTED)) ||
                            ((flags & WRITE_ONLY) && (!is_configurable || (flags & COMPUTED)));
    return !is_contradiction || protocol_schema_fail(decoder, "has contradictory flags", name);
}

static bool protocol_schema_read_attribute(Decoder *decoder, Str bytes, Attribute *out) {
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Str name = STR_EMPTY, type = STR_EMPTY;
    Attribute attribute = {.description = ""};
    while (wire_next(&reader, &field)) {
        bool is_set = field.value != 0;
        if (field.number == ATTRIBUTE_NAME)
            name = field.bytes;
        else if (field.number == ATTRIBUTE_TYPE)
            type = field.bytes;
        else if (field.number == ATTRIBUTE_DESCRIPTION)
            attribute.description = protocol_schema_clone_text(field.bytes, decoder->arena);
        else if (field.number == ATTRIBUTE_10 && field.form == WIRE_BYTES) {
            if (!protocol_schema_read_object(decoder, field.bytes, name, &attribute.nested))
                return false;
        } else if (is_set)
            attribute.flags |= protocol_schema_flag_of(&field);
    }
    if (reader.is_bad || !protocol_schema_is_name(name))
        return protocol_schema_fail(decoder, "is damaged", STR_EMPTY);
    attribute.name = str_to_cstr(name, decoder->arena);
    if (type.len && !protocol_schema_read_type(decoder, type, name, &attribute.type))
        return false;
    *out = attribute;
    return protocol_schema_check_attribute(decoder, out, name);
}

static bool protocol_schema_read_block(Decoder *decoder, Str bytes, Str name, Schema *out);

static bool read_nested_block(Decoder *decoder, Str bytes, Block *out) {
    enum { NAME = 1, BLOCK = 2, NESTING = 3, MIN = 4, MAX = 5 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Str name = STR_EMPTY, content = STR_EMPTY;
    bool has_nesting = false;
    *out = (Block){0};
    while (wire_next(&reader, &field)) {
        uint64_t limited = field.value < ITEMS_MAX ? field.value : ITEMS_MAX;
        switch (field.number) {
        case NAME: name = field.bytes; break;
        case BLOCK: content = field.bytes; break;
        case NESTING:
            has_nesting = protocol_schema_nesting_of(field.value, &out->nesting, &out->is_group);
            break;
        case MIN: out->min_items = (uint32_t)limited; break;
        case MAX: out->max_items = (uint32_t)limited; break;
        default: break;
        }
    }
    if (reader.is_bad || !protocol_schema_is_name(name))
        return protocol_schema_fail(decoder, "is damaged", STR_EMPTY);
    if (!has_nesting)
        return protocol_schema_fail(decoder, "has an unknown nesting", name);
    if (out->max_items > 0 && out->min_items > out->max_items)
        return protocol_schema_fail(decoder, "has contradictory limits", name);
    out->name = str_to_cstr(name, decoder->arena);
    return protocol_schema_read_block(decoder, content, name, &out->schema);
}

static int protocol_schema_compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool protocol_schema_names_are_unique(const Schema *schema) {
    SCOPED(ArenaRef) scratch = arena_open("schema names");
    size_t count = schema->attribute_count + schema->block_count;
    const char **names = arena_new_array(scratch, const char *, count);
    for (size_t i = 0; i < schema->attribute_count; i++)
        names[i] = schema->attributes[i].name;
    for (size_t i = 0; i < schema->block_count; i++)
        names[schema->attribute_count + i] = schema->blocks[i].name;
    qsort(names, count, sizeof *names, protocol_schema_compare_names);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i - 1], names[i]) == 0)
            return false;
    }
    return true;
}

static bool protocol_schema_read_block(Decoder *decoder, Str bytes, Str name, Schema *out) {
    enum { ATTRIBUTES = 2, BLOCKS = 3, DESCRIPTION = 4, KIND = 5, DEPRECATED_ = 6 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Members members = {0};
    int64_t version = out->version;
    *out = (Schema){.description = "", .version = version, .is_foreign = true};
    if (++decoder->depth > DEPTH_MAX)
        return protocol_schema_fail(decoder, "nests too deeply", name);
    while (wire_next(&reader, &field)) {
        if (field.number == ATTRIBUTES) {
            if (!protocol_schema_read_attribute(decoder, field.bytes,
                                                vec_add(decoder->arena, &members.attributes)))
                return false;
        } else if (field.number == BLOCKS) {
            if (!read_nested_block(decoder, field.bytes, vec_add(decoder->arena, &members.blocks)))
                return false;
        } else if (field.number == DESCRIPTION) {
            out->description = protocol_schema_clone_text(field.bytes, decoder->arena);
        } else if (field.number == KIND) {
            out->is_markdown = field.value != 0;
        } else if (field.number == DEPRECATED_ && field.value != 0) {
            out->deprecated = "";
        }
    }
    decoder->depth--;
    out->attributes = members.attributes.items;
    out->attribute_count = members.attributes.count;
    out->blocks = members.blocks.items;
    out->block_count = members.blocks.count;
    if (reader.is_bad)
        return protocol_schema_fail(decoder, "is damaged", name);
    return protocol_schema_names_are_unique(out) ||
           protocol_schema_fail(decoder, "has a name twice", name);
}

bool protocol_schema_decode(Str bytes, Schema *out, Str *error, Arena *arena) {
    enum { VERSION = 1, BLOCK = 2 };
    Decoder decoder = {.arena = arena, .error = error};
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Str block = STR_EMPTY;
    Schema schema = {0};
    while (wire_next(&reader, &field)) {
        if (field.number == VERSION)
            schema.version = (int64_t)field.value;
        else if (field.number == BLOCK)
            block = field.bytes;
    }
    if (reader.is_bad)
        return protocol_schema_fail(&decoder, "is damaged", STR_EMPTY);
    if (!protocol_schema_read_block(&decoder, block, STR_EMPTY, &schema))
        return false;
    *out = schema;
    return true;
}

/* Identities. */

static bool read_identity_attribute(Decoder *decoder, Str bytes, Attribute *out) {
    enum { NAME = 1, TYPE = 2, REQUIRED_FOR_IMPORT = 3, OPTIONAL_FOR_IMPORT = 4, DESCRIPTION = 5 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Str name = STR_EMPTY, type = STR_EMPTY;
    *out = (Attribute){.description = "", .flags = COMPUTED};
    while (wire_next(&reader, &field)) {
        switch (field.number) {
        case NAME: name = field.bytes; break;
        case TYPE: type = field.bytes; break;
        case REQUIRED_FOR_IMPORT:
            if (field.value != 0)
                out->flags = REQUIRED;
            break;
        case OPTIONAL_FOR_IMPORT:
            if (field.value != 0 && out->flags != REQUIRED)
                out->flags = OPTIONAL;
            break;
        case DESCRIPTION:
            out->description = protocol_schema_clone_text(field.bytes, decoder->arena);
            break;
        default: break;
        }
    }
    if (reader.is_bad || !protocol_schema_is_name(name))
        return protocol_schema_fail(decoder, "is damaged", STR_EMPTY);
    out->name = str_to_cstr(name, decoder->arena);
    return protocol_schema_read_type(decoder, type, name, &out->type);
}

bool protocol_schema_decode_identity(Str bytes, Schema *out, Str *error, Arena *arena) {
    enum { VERSION = 1, ATTRIBUTES = 2 };
    Decoder decoder = {.arena = arena, .error = error};
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Schema schema = {.description = ""};
    Members members = {0};
    while (wire_next(&reader, &field)) {
        if (field.number == VERSION)
            schema.version = (int64_t)field.value;
        else if (field.number == ATTRIBUTES &&
                 !read_identity_attribute(&decoder, field.bytes,
                                          vec_add(arena, &members.attributes)))
            return false;
    }
    if (reader.is_bad)
        return protocol_schema_fail(&decoder, "is damaged", STR_EMPTY);
    schema.attributes = members.attributes.items;
    schema.attribute_count = members.attributes.count;
    if (!protocol_schema_names_are_unique(&schema))
        return protocol_schema_fail(&decoder, "has a name twice", STR_EMPTY);
    *out = schema;
    return true;
}

/* The index. */

static void protocol_schema_add_entry(Map *map, Str bytes, Arena *arena) {
    enum { KEY = 1, ELEMENT = 2 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    Str key = STR_EMPTY;
    Str *element = arena_new(arena, Str);
    while (wire_next(&reader, &field)) {
        if (field.number == KEY)
            key = field.bytes;
        else if (field.number == ELEMENT)
            *element = field.bytes;
    }
    if (protocol_schema_is_name(key))
        map_put(arena, map, key, element);
}

/* The schema of an action is in a message of its own. */
static void add_action(Map *map, Str bytes, Arena *arena) {
    enum { SCHEMA = 1 };
    size_t before = map->count;
    protocol_schema_add_entry(map, bytes, arena);
    if (map->count == before)
        return;
    Str *element = map->entries[before].value;
    WireReader reader = wire_reader_new(*element);
    WireField field;
    *element = STR_EMPTY;
    while (wire_next(&reader, &field)) {
        if (field.number == SCHEMA)
            *element = field.bytes;
    }
}

static void read_capabilities(Str bytes, ProtocolSchemas *out) {
    enum { PLAN_DESTROY = 1, SCHEMA_OPTIONAL = 2, MOVE = 3, GENERATE = 4 };
    WireReader reader = wire_reader_new(bytes);
    WireField field;
    while (wire_next(&reader, &field)) {
        if (field.number == PLAN_DESTROY)
            out->plans_destroy = field.value != 0;
        else if (field.number == SCHEMA_OPTIONAL)
            out->is_schema_optional = field.value != 0;
        else if (field.number == MOVE)
            out->moves_resources = field.value != 0;
        else if (field.number == GENERATE)
            out->generates_config = field.value != 0;
    }
}

bool protocol_schema_index(Str response, ProtocolSchemas *out, Str *error, Arena *arena) {
    enum {
        PROVIDER = 1,
        RESOURCES = 2,
        DATA_SOURCES = 3,
        META = 5,
        CAPABILITIES = 6,
        FUNCTIONS = 7,
        EPHEMERALS = 8,
        LISTS = 9,
        ACTIONS = 11,
    };
    WireReader reader = wire_reader_new(response);
    WireField field;
    *out = (ProtocolSchemas){0};
    while (wire_next(&reader, &field)) {
        switch (field.number) {
        case PROVIDER: out->provider = field.bytes; break;
        case RESOURCES:
            protocol_schema_add_entry(&out->types[MODE_MANAGED], field.bytes, arena);
            break;
        case DATA_SOURCES:
            protocol_schema_add_entry(&out->types[MODE_DATA], field.bytes, arena);
            break;
        case META: out->provider_meta = field.bytes; break;
        case CAPABILITIES: read_capabilities(field.bytes, out); break;
        case FUNCTIONS: protocol_schema_add_entry(&out->functions, field.bytes, arena); break;
        case EPHEMERALS:
            protocol_schema_add_entry(&out->types[MODE_EPHEMERAL], field.bytes, arena);
            break;
        case LISTS: protocol_schema_add_entry(&out->types[MODE_LIST], field.bytes, arena); break;
        case ACTIONS: add_action(&out->types[MODE_ACTION], field.bytes, arena); break;
        default: break;
        }
    }
    *error = reader.is_bad ? STR("its schema is damaged") : STR("it sent no schema");
    return !reader.is_bad && out->provider.ptr;
}

bool protocol_schema_index_identities(Str response, ProtocolSchemas *out, Str *error,
                                      Arena *arena) {
    enum { IDENTITIES = 1 };
    WireReader reader = wire_reader_new(response);
    WireField field;
    out->identities = (Map){0};
    while (wire_next(&reader, &field)) {
        if (field.number == IDENTITIES)
            protocol_schema_add_entry(&out->identities, field.bytes, arena);
    }
    *error = STR("its schema of identities is damaged");
    return !reader.is_bad;
}
