/* render_json_state: converts the v4 JSON text of a state to its document, as a stream. The text of
 * instances is kept and decoded after the members that identify the resource. */
#include "render_json_state.h"
#include "render_json_values.h"

typedef struct StateLoad {
    RenderSchemaLookup lookup;
    void *payload;
    Arena *arena;
    RenderJsonResources resources;
    Str outputs; /* text of the section */
    Str checks;  /* same, of check_results */
} StateLoad;

/* A resource block of the file. */
typedef struct BlockLoad {
    ResourceAddr address;
    Str provider;
    Str instances;
    const Schema *schema;
} BlockLoad;

typedef struct InstanceLoad {
    RenderJsonResource resource;
    Str attributes;
    Str sensitive;
    Str identity;
} InstanceLoad;

static JsonReader *reader_of(Str bytes, Arena *arena) {
    JsonReader *reader = arena_new(arena, JsonReader);
    *reader = json_reader_new(bytes, arena);
    return reader;
}

/* Reads the text of the member whose key was read. */
static bool json_state_take(JsonReader *reader, Str *out) {
    return json_skip(reader, json_next(reader), out);
}

static bool json_state_read_text(JsonReader *reader, Str *out) {
    JsonToken token = json_next(reader);
    if (token == JSON_STRING) {
        *out = reader->text;
        return true;
    }
    Str ignored;
    return json_skip(reader, token, &ignored);
}

/* Returns HOST/NAMESPACE/TYPE of provider["HOST/NAMESPACE/TYPE"], which may follow a module and
 * have an alias. */
static Str json_state_provider_name(Str text) {
    size_t start = str_find(text, STR("[\""), 0);
    size_t end = str_find(text, STR("\"]"), 0);
    if (start == SIZE_MAX || end == SIZE_MAX || end < start + 2)
        return text;
    return str_slice(text, start + 2, end);
}

static void json_state_read_module(StateLoad *load, Str text, BlockLoad *block) {
    AddressTarget target;
    Diags diags = diags_new(load->arena);
    if (text.len && address_parse_target(text, &target, load->arena, &diags))
        block->address.module = target.module;
}

static Value step_key(Value index) {
    Value inner;
    if (value_is_present(index) && index.type->kind == KIND_OBJECT &&
        value_find(index, STR("value"), &inner)) {
        return inner;
    }
    return index;
}

/* [{"type": "get_attr", "value": "a"}, {"type": "index", "value": {"value": 0, …}}] */
static Path json_state_path_of(Value steps, Arena *arena) {
    Path path = {0};
    for (size_t i = 0; i < steps.count; i++) {
        Value step = value_at(steps, i);
        Value kind, value;
        if (step.type->kind != KIND_OBJECT || !value_find(step, STR("type"), &kind) ||
            !value_find(step, STR("value"), &value) || !value_is_present(kind) ||
            kind.type->kind != KIND_STRING) {
            continue;
        }
        bool is_attribute = str_equal(value_text(kind), STR("get_attr")) &&
                            value_is_present(value) && value.type->kind == KIND_STRING;
        path = is_attribute ? path_attribute(path, value_text(value), arena)
                            : path_index(path, step_key(value), arena);
    }
    return path;
}

static void json_state_sensitive_paths(StateLoad *load, Str text, Paths *out) {
    Value list;
    const char *error;
    size_t offset;
    if (text.len == 0 || !json_parse_any(text, &list, &error, &offset, load->arena) ||
        !value_is_present(list) || list.type->kind != KIND_TUPLE)
        return;
    for (size_t i = 0; i < list.count; i++) {
        Value steps = value_at(list, i);
        if (value_is_present(steps) && steps.type->kind == KIND_TUPLE)
            vec_push(load->arena, out, json_state_path_of(steps, load->arena));
    }
}

/* Keeps the members that the type has: another provider version may have stored others. */
static Str known_members(Str text, const Type *type, Arena *arena) {
    JsonReader *reader = reader_of(text, arena);
    StrBuf out = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &out, 0);
    json_object_start(&writer);
    if (json_next(reader) == JSON_OBJECT_START) {
        while (json_next(reader) == JSON_KEY) {
            Str name = reader->text;
            Str member;
            size_t index;
            if (!json_state_take(reader, &member))
                break;
            if (!type_find_attribute(type, name, &index))
                continue;
            json_key(&writer, name);
            json_raw(&writer, member);
        }
    }
    json_object_end(&writer);
    return strbuf_str(&out);
}

/* Without a schema, or if the object does not conform to it, the types follow from the JSON. */
static Value json_state_read_object(StateLoad *load, const Schema *schema, Str text,
                                    bool *conforms) {
    Value object = value_null(&TYPE_DYNAMIC);
    const char *error;
    size_t offset;
    *conforms = false;
    if (schema) {
        const Type *type = schema_implied_type(schema);
        Str fitting = known_members(text, type, load->arena);
        JsonReader *reader = reader_of(fitting, load->arena);
        *conforms = json_read_typed(reader, json_next(reader), type, &object, &error, load->arena);
        if (*conforms)
            return object;
    }
    if (!json_parse_any(text, &object, &error, &offset, load->arena))
        return value_null(&TYPE_DYNAMIC);
    return object;
}

/* Marks the members that may be sensitive of an object that does not conform to the schema. */
static void doubtful_paths(const Schema *schema, Value object, Paths *out, Arena *arena) {
    size_t index;
    if (object.type->kind != KIND_OBJECT)
        return;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Str name = str_from_cstr(attribute->name);
        bool may_be = (attribute->flags & SENSITIVE) || attribute->nested;
        if (may_be && type_find_attribute(object.type, name, &index))
            vec_push(arena, out, path_attribute((Path){0}, name, arena));
    }
    for (size_t i = 0; i < schema->block_count; i++) {
        Str name = str_from_cstr(schema->blocks[i].name);
        if (type_find_attribute(object.type, name, &index))
            vec_push(arena, out, path_attribute((Path){0}, name, arena));
    }
}

static const Schema *json_state_schema_of(const StateLoad *load,
                                          const RenderJsonResource *resource) {
    const ResourceAddr *address = &resource->address;
    return load->lookup
               ? load->lookup(load->payload, address->mode, resource->provider, address->type)
               : NULL;
}

static Value json_state_marked_object(StateLoad *load, const Schema *schema,
                                      const InstanceLoad *instance) {
    bool conforms;
    Value object = json_state_read_object(load, schema, instance->attributes, &conforms);
    Paths paths = {0};
    if (value_is_null(object))
        return object;
    json_state_sensitive_paths(load, instance->sensitive, &paths);
    if (schema && !conforms) {
        doubtful_paths(schema, object, &paths, load->arena);
        schema = NULL;
    }
    if (schema)
        schema_sensitive_paths(schema, object, &paths, load->arena);
    object = path_mark(object, &paths, MARK_SENSITIVE, load->arena);
    return schema ? schema_omit_newer(schema, object, NULL, load->arena) : object;
}

static bool json_state_read_key(JsonReader *reader, InstanceKey *out) {
    JsonToken token = json_next(reader);
    if (token == JSON_STRING) {
        *out = (InstanceKey){.kind = KEY_STRING, .text = reader->text};
        return true;
    }
    if (token == JSON_NUMBER && str_to_int64(reader->text, &out->index)) {
        out->kind = KEY_INT;
        return true;
    }
    return token == JSON_NULL;
}

static bool json_state_read_dependencies(StateLoad *load, JsonReader *reader,
                                         RenderJsonResource *out) {
    StrVec names = {0};
    JsonToken token = json_next(reader);
    if (token != JSON_ARRAY_START)
        return token == JSON_NULL;
    while ((token = json_next(reader)) == JSON_STRING)
        vec_push(load->arena, &names, reader->text);
    out->dependencies = names.items;
    out->dependency_count = names.count;
    return token == JSON_ARRAY_END;
}

static bool json_state_read_instance_member(StateLoad *load, JsonReader *reader,
                                            InstanceLoad *instance) {
    Str key = reader->text;
    Str text = STR_EMPTY;
    if (str_equal(key, STR("index_key")))
        return json_state_read_key(reader, &instance->resource.address.key);
    if (str_equal(key, STR("attributes")))
        return json_state_take(reader, &instance->attributes);
    if (str_equal(key, STR("sensitive_attributes")))
        return json_state_take(reader, &instance->sensitive);
    if (str_equal(key, STR("dependencies")))
        return json_state_read_dependencies(load, reader, &instance->resource);
    if (str_equal(key, STR("deposed")))
        return json_state_read_text(reader, &instance->resource.deposed);
    if (str_equal(key, STR("schema_version")))
        return json_state_take(reader, &text) &&
               str_to_int64(text, &instance->resource.schema_version);
    if (str_equal(key, STR("identity_schema_version")))
        return json_state_take(reader, &text) &&
               str_to_int64(text, &instance->resource.identity_version);
    if (str_equal(key, STR("identity")))
        return json_state_take(reader, &instance->identity);
    if (str_equal(key, STR("provider"))) {
        bool ok = json_state_read_text(reader, &text);
        instance->resource.provider = json_state_provider_name(text);
        return ok;
    }
    if (!str_equal(key, STR("status")))
        return json_state_take(reader, &text);
    bool ok = json_state_read_text(reader, &text);
    instance->resource.is_tainted = str_equal(text, STR("tainted"));
    return ok;
}

static bool json_state_read_instance(StateLoad *load, JsonReader *reader, const BlockLoad *block) {
    InstanceLoad instance = {.resource = {.address = block->address, .provider = block->provider}};
    JsonToken token;
    while ((token = json_next(reader)) == JSON_KEY) {
        if (!json_state_read_instance_member(load, reader, &instance))
            return false;
    }
    /* If the provider configuration has for_each, each instance names its provider. */
    const Schema *schema =
        block->provider.len ? block->schema : json_state_schema_of(load, &instance.resource);
    if (instance.attributes.len)
        instance.resource.object = json_state_marked_object(load, schema, &instance);
    else
        instance.resource.object = value_null(&TYPE_DYNAMIC);
    bool ignored;
    if (instance.identity.len)
        instance.resource.identity =
            json_state_read_object(load, NULL, instance.identity, &ignored);
    vec_push(load->arena, &load->resources, instance.resource);
    return token == JSON_OBJECT_END;
}

static bool json_state_read_instances(StateLoad *load, const BlockLoad *block) {
    JsonReader *reader = reader_of(block->instances, load->arena);
    if (json_next(reader) != JSON_ARRAY_START)
        return false;
    JsonToken token;
    while ((token = json_next(reader)) == JSON_OBJECT_START) {
        if (!json_state_read_instance(load, reader, block))
            return false;
    }
    return token == JSON_ARRAY_END;
}

static bool read_block_member(StateLoad *load, JsonReader *reader, BlockLoad *block) {
    Str key = reader->text;
    Str text = STR_EMPTY;
    if (str_equal(key, STR("type")))
        return json_state_read_text(reader, &block->address.type);
    if (str_equal(key, STR("name")))
        return json_state_read_text(reader, &block->address.name);
    if (str_equal(key, STR("instances")))
        return json_state_take(reader, &block->instances);
    if (str_equal(key, STR("mode"))) {
        bool ok = json_state_read_text(reader, &text);
        block->address.mode = str_equal(text, STR("data")) ? MODE_DATA : MODE_MANAGED;
        return ok;
    }
    if (str_equal(key, STR("module"))) {
        bool ok = json_state_read_text(reader, &text);
        json_state_read_module(load, text, block);
        return ok;
    }
    if (str_equal(key, STR("provider"))) {
        bool ok = json_state_read_text(reader, &text);
        block->provider = json_state_provider_name(text);
        return ok;
    }
    return json_state_take(reader, &text);
}

static bool json_state_read_block(StateLoad *load, JsonReader *reader) {
    BlockLoad block = {0};
    JsonToken token;
    while ((token = json_next(reader)) == JSON_KEY) {
        if (!read_block_member(load, reader, &block))
            return false;
    }
    if (block.provider.len) {
        RenderJsonResource any = {.address = block.address, .provider = block.provider};
        block.schema = json_state_schema_of(load, &any);
    }
    return token == JSON_OBJECT_END && json_state_read_instances(load, &block);
}

static bool json_state_read_blocks(StateLoad *load, JsonReader *reader) {
    if (json_next(reader) != JSON_ARRAY_START)
        return false;
    JsonToken token;
    while ((token = json_next(reader)) == JSON_OBJECT_START) {
        if (!json_state_read_block(load, reader))
            return false;
    }
    return token == JSON_ARRAY_END;
}

/* A malformed part ends the reading; the parts before it are used. */
static void json_state_read_state(StateLoad *load, Str bytes) {
    JsonReader *reader = reader_of(bytes, load->arena);
    if (json_next(reader) != JSON_OBJECT_START)
        return;
    while (json_next(reader) == JSON_KEY) {
        Str ignored;
        bool ok;
        if (str_equal(reader->text, STR("resources")))
            ok = json_state_read_blocks(load, reader);
        else if (str_equal(reader->text, STR("outputs")))
            ok = json_state_take(reader, &load->outputs);
        else if (str_equal(reader->text, STR("check_results")))
            ok = json_state_take(reader, &load->checks);
        else
            ok = json_state_take(reader, &ignored);
        if (!ok)
            return;
    }
}

static void json_state_write_output(JsonWriter *writer, JsonReader *reader) {
    bool sensitive = false;
    json_object_start(writer);
    while (json_next(reader) == JSON_KEY) {
        Str key = reader->text;
        Str text;
        if (!json_state_take(reader, &text))
            break;
        if (str_equal(key, STR("sensitive"))) {
            sensitive = str_equal(text, STR("true"));
        } else if (str_equal(key, STR("value")) || str_equal(key, STR("type"))) {
            json_key(writer, key);
            json_raw(writer, text);
        }
    }
    json_key_bool(writer, "sensitive", sensitive);
    json_object_end(writer);
}

static void write_stored_outputs(JsonWriter *writer, Str text, Arena *arena) {
    JsonReader *reader = reader_of(text, arena);
    if (json_next(reader) != JSON_OBJECT_START)
        return;
    while (json_next(reader) == JSON_KEY) {
        Str name = reader->text;
        if (json_next(reader) != JSON_OBJECT_START)
            return;
        json_key(writer, name);
        json_state_write_output(writer, reader);
    }
}

/* The members of the section; empty: none. */
static Str outputs_text(Str stored, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    JsonWriter inner;
    json_writer_init(&inner, &out, 0);
    json_object_start(&inner);
    write_stored_outputs(&inner, stored, arena);
    json_object_end(&inner);
    return str_equal(strbuf_str(&out), STR("{}")) ? STR_EMPTY : strbuf_str(&out);
}

static void json_state_write_values(JsonWriter *writer, RenderJsonResources *resources, Str outputs,
                                    Arena *scratch) {
    json_key_object(writer, "values");
    if (outputs.len) {
        json_key(writer, STR("outputs"));
        json_raw(writer, outputs);
    }
    json_key(writer, STR("root_module"));
    render_json_values_module(writer, resources, ORDER_ADDRESSES, scratch);
    json_object_end(writer);
}

void render_json_state_prior(JsonWriter *writer, const Plan *plan, RenderSchemaLookup lookup,
                             void *payload, Str terraform_version, Arena *scratch) {
    if (plan->prior_state.len == 0)
        return;
    StateLoad load = {.lookup = lookup, .payload = payload, .arena = scratch};
    json_state_read_state(&load, plan->prior_state);
    Str outputs = outputs_text(load.outputs, scratch);
    if (load.resources.count == 0 && outputs.len == 0)
        return;
    json_key_object(writer, "prior_state");
    json_key_string(writer, "format_version", STR("1.0"));
    json_key_string(writer, "terraform_version", terraform_version);
    json_state_write_values(writer, &load.resources, outputs, scratch);
    json_object_end(writer);
}

void render_json_state(Str state, RenderSchemaLookup lookup, void *payload, Str terraform_version,
                       StrBuf *out, Arena *scratch) {
    JsonWriter writer;
    json_writer_init(&writer, out, 0);
    json_object_start(&writer);
    json_key_string(&writer, "format_version", STR("1.0"));
    if (state.len) {
        StateLoad load = {.lookup = lookup, .payload = payload, .arena = scratch};
        json_state_read_state(&load, state);
        json_key_string(&writer, "terraform_version", terraform_version);
        json_state_write_values(&writer, &load.resources, outputs_text(load.outputs, scratch),
                                scratch);
        render_json_checks(&writer, load.checks, scratch);
    }
    json_object_end(&writer);
}
