/* Writes types and schemas as JSON Schema. A body may occur once or in an array, so it is a
 * definition that both refer to. */
#include "json_schema.h"

static void write_ref(JsonWriter *writer, Str name) {
    SCOPED(ArenaRef) arena = arena_open("reference");
    json_key_string(writer, "$ref", str_concat(STR("#/definitions/"), name, arena));
}

static void write_kinds(JsonWriter *writer, const char *const *kinds, size_t count) {
    json_key_array(writer, "type");
    for (size_t i = 0; i < count; i++)
        json_write_string(writer, str_from_cstr(kinds[i]));
    json_array_end(writer);
}

static void write_definition(JsonWriter *writer, const char *name, const char *const *kinds,
                             size_t count, const char *pattern) {
    json_key_object(writer, name);
    write_kinds(writer, kinds, count);
    if (pattern)
        json_key_string(writer, "pattern", str_from_cstr(pattern));
    json_object_end(writer);
}

/* "pattern" restricts strings only; values of other types pass it. */
void json_schema_write_definitions(JsonWriter *writer) {
    static const char *const texts[] = {"string", "null"};
    static const char *const strings[] = {"string", "number", "boolean", "null"};
    static const char *const numbers[] = {"number", "string", "null"};
    static const char *const bools[] = {"boolean", "string", "null"};
    write_definition(writer, "expression", texts, ARRAY_COUNT(texts), "[$%]\\{");
    write_definition(writer, "string", strings, ARRAY_COUNT(strings), NULL);
    write_definition(writer, "number", numbers, ARRAY_COUNT(numbers), "[$%]\\{|^-?[0-9]");
    write_definition(writer, "bool", bools, ARRAY_COUNT(bools), "[$%]\\{|^(true|false)$");
}

static void write_type_members(JsonWriter *writer, const Type *type);

static void schema_write_type(JsonWriter *writer, const Type *type) {
    json_object_start(writer);
    write_type_members(writer, type);
    json_object_end(writer);
}

/* Starts a schema for a structure or an expression that returns one. */
static void write_structure_start(JsonWriter *writer, const char *kind) {
    const char *const kinds[] = {kind, "string", "null"};
    write_kinds(writer, kinds, ARRAY_COUNT(kinds));
    json_key_string(writer, "pattern", STR("[$%]\\{"));
}

static void write_object_type(JsonWriter *writer, const Type *type) {
    write_structure_start(writer, "object");
    json_key_object(writer, "properties");
    for (size_t i = 0; i < type->count; i++) {
        json_key(writer, type->names[i]);
        schema_write_type(writer, type_at(type, i));
    }
    json_object_end(writer);
}

static void write_type_members(JsonWriter *writer, const Type *type) {
    switch (type->kind) {
    case KIND_DYNAMIC: return;
    case KIND_BOOL: write_ref(writer, STR("bool")); return;
    case KIND_NUMBER: write_ref(writer, STR("number")); return;
    case KIND_STRING: write_ref(writer, STR("string")); return;
    case KIND_LIST:
    case KIND_SET:
        write_structure_start(writer, "array");
        json_key(writer, STR("items"));
        schema_write_type(writer, type->element);
        return;
    case KIND_TUPLE: write_structure_start(writer, "array"); return;
    case KIND_MAP:
        write_structure_start(writer, "object");
        json_key(writer, STR("additionalProperties"));
        schema_write_type(writer, type->element);
        return;
    case KIND_OBJECT: write_object_type(writer, type); return;
    }
}

/* Draft 07 ignores siblings of "$ref", so a reference with a description is wrapped in "allOf". */
void json_schema_write_type(JsonWriter *writer, const Type *type, const char *description) {
    bool is_primitive =
        type->kind == KIND_BOOL || type->kind == KIND_NUMBER || type->kind == KIND_STRING;
    json_object_start(writer);
    if (description)
        json_key_string(writer, "description", str_from_cstr(description));
    if (is_primitive && description) {
        json_key_array(writer, "allOf");
        schema_write_type(writer, type);
        json_array_end(writer);
    } else {
        write_type_members(writer, type);
    }
    json_object_end(writer);
}

static void json_schema_write_attributes(JsonWriter *writer, const Schema *schema);

static void write_required_names(JsonWriter *writer, const Schema *schema) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        if (schema->attributes[i].flags & REQUIRED)
            json_write_string(writer, str_from_cstr(schema->attributes[i].name));
    }
}

static void write_nested_object(JsonWriter *writer, const Schema *schema) {
    json_object_start(writer);
    write_structure_start(writer, "object");
    json_key_bool(writer, "additionalProperties", false);
    json_key_object(writer, "properties");
    json_schema_write_attributes(writer, schema);
    json_object_end(writer);
    json_key_array(writer, "required");
    write_required_names(writer, schema);
    json_array_end(writer);
    json_object_end(writer);
}

static void write_nested(JsonWriter *writer, const Attribute *attribute) {
    const NestedObject *nested = attribute->nested;
    json_object_start(writer);
    json_key_string(writer, "description", str_from_cstr(attribute->description));
    if (nested->nesting == NEST_SINGLE) {
        json_key_array(writer, "allOf");
        write_nested_object(writer, &nested->schema);
        json_array_end(writer);
    } else {
        bool is_map = nested->nesting == NEST_MAP;
        write_structure_start(writer, is_map ? "object" : "array");
        json_key(writer, is_map ? STR("additionalProperties") : STR("items"));
        write_nested_object(writer, &nested->schema);
    }
    json_object_end(writer);
}

static void json_schema_write_reference(JsonWriter *writer, Str path) {
    json_object_start(writer);
    write_ref(writer, path);
    json_object_end(writer);
}

/* Writes an enumeration of strings, or an expression. */
static void write_words(JsonWriter *writer, const Attribute *attribute) {
    SCOPED(ArenaRef) arena = arena_open("words");
    StrVec words = attribute_one_of(attribute, arena);
    json_object_start(writer);
    json_key_string(writer, "description", str_from_cstr(attribute->description));
    json_key_array(writer, "anyOf");
    json_object_start(writer);
    json_key_array(writer, "enum");
    vec_each(&words, word) {
        json_write_string(writer, *word);
    }
    json_array_end(writer);
    json_object_end(writer);
    json_schema_write_reference(writer, STR("expression"));
    json_array_end(writer);
    json_object_end(writer);
}

static void json_schema_write_attributes(JsonWriter *writer, const Schema *schema) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        if (!(attribute->flags & (REQUIRED | OPTIONAL)))
            continue;
        json_key(writer, str_from_cstr(attribute->name));
        if (attribute->nested)
            write_nested(writer, attribute);
        else if (attribute->one_of)
            write_words(writer, attribute);
        else
            json_schema_write_type(writer, attribute->type, attribute->description);
    }
}

void json_schema_body_start(JsonWriter *writer, Str path, const char *description) {
    json_key(writer, path);
    json_object_start(writer);
    if (description)
        json_key_string(writer, "description", str_from_cstr(description));
    json_key_string(writer, "type", STR("object"));
    json_key_bool(writer, "additionalProperties", false);
    json_key(writer, STR("patternProperties"));
    json_raw(writer, STR("{\"^//$\":{}}")); /* a property would be proposed by editors */
    json_key_object(writer, "properties");
}

static void end_properties(JsonWriter *writer) {
    json_object_end(writer);
    json_key_array(writer, "required");
}

static void end_required(JsonWriter *writer) {
    json_array_end(writer);
    json_object_end(writer);
}

void json_schema_body_end(JsonWriter *writer, const StrVec *required) {
    end_properties(writer);
    vec_each(required, name) {
        json_write_string(writer, *name);
    }
    end_required(writer);
}

/* Recurses over the labels; each level may also be an array of objects. */
void json_schema_write_use(JsonWriter *writer, Str path, uint32_t labels, const char *description) {
    static const char *const kinds[] = {"object", "array", "null"};
    json_object_start(writer);
    if (description)
        json_key_string(writer, "description", str_from_cstr(description));
    if (labels == 0) {
        json_key_array(writer, "anyOf");
        json_schema_write_reference(writer, path);
        json_object_start(writer);
        json_key_string(writer, "type", STR("array"));
        json_key(writer, STR("items"));
        json_schema_write_reference(writer, path);
        json_object_end(writer);
        json_array_end(writer);
    } else {
        write_kinds(writer, kinds, ARRAY_COUNT(kinds));
        json_key(writer, STR("additionalProperties"));
        json_schema_write_use(writer, path, labels - 1, description);
        json_key_object(writer, "items");
        json_key_string(writer, "type", STR("object"));
        json_key(writer, STR("additionalProperties"));
        json_schema_write_use(writer, path, labels - 1, description);
        json_object_end(writer);
    }
    json_object_end(writer);
}

static Str block_path(Str path, const char *name, Arena *arena) {
    return str_format(arena, "%.*s.%s", STR_ARG(path), name);
}

/* Writes `dynamic`: {TYPE: {for_each, iterator, labels, content}}. */
static void json_schema_write_dynamic(JsonWriter *writer, Str path, const Schema *schema,
                                      Arena *arena) {
    json_key_object(writer, "dynamic");
    json_key_string(writer, "description", STR("Blocks generated for each element."));
    json_key_bool(writer, "additionalProperties", false);
    json_key_object(writer, "properties");
    for (size_t i = 0; i < schema->block_count; i++) {
        json_key(writer, str_from_cstr(schema->blocks[i].name));
        Str inner = block_path(path, schema->blocks[i].name, arena);
        json_schema_write_use(writer, str_concat(inner, STR(".dynamic"), arena), 0,
                              schema->blocks[i].schema.description);
    }
    json_object_end(writer);
    json_object_end(writer);
}

static void write_properties(JsonWriter *writer, Str path, const Schema *schema, Arena *arena) {
    json_schema_write_attributes(writer, schema);
    for (size_t i = 0; i < schema->block_count; i++) {
        const Block *block = &schema->blocks[i];
        json_key(writer, str_from_cstr(block->name));
        json_schema_write_use(writer, block_path(path, block->name, arena),
                              block->nesting == NEST_MAP ? 1 : 0, block->schema.description);
    }
    if (schema->block_count > 0)
        json_schema_write_dynamic(writer, path, schema, arena);
}

static void write_dynamic_body(JsonWriter *writer, Str path, Arena *arena) {
    json_schema_body_start(writer, str_concat(path, STR(".dynamic"), arena), NULL);
    json_key(writer, STR("for_each"));
    json_schema_write_type(writer, &TYPE_DYNAMIC, "Collection with one block per element.");
    json_key(writer, STR("iterator"));
    json_schema_write_type(writer, &TYPE_STRING, "Name of the element inside the content.");
    json_key(writer, STR("labels"));
    json_schema_write_type(writer, &TYPE_LIST_OF_STRING, "Labels of the block.");
    json_key(writer, STR("content"));
    json_schema_write_use(writer, path, 0, NULL);
    end_properties(writer);
    json_write_string(writer, STR("for_each"));
    json_write_string(writer, STR("content"));
    end_required(writer);
}

/* Does not require any blocks, because `dynamic` may produce required blocks. */
static void end_typed(JsonWriter *writer, Str path, const Schema *schema, Arena *arena) {
    write_properties(writer, path, schema, arena);
    end_properties(writer);
    write_required_names(writer, schema);
    end_required(writer);
}

static void json_schema_write_blocks(JsonWriter *writer, Str path, const Schema *schema,
                                     Arena *arena) {
    for (size_t i = 0; i < schema->block_count; i++) {
        const Schema *inner = &schema->blocks[i].schema;
        Str own = block_path(path, schema->blocks[i].name, arena);
        json_schema_body_start(writer, own, inner->description);
        end_typed(writer, own, inner, arena);
        write_dynamic_body(writer, own, arena);
        json_schema_write_blocks(writer, own, inner, arena);
    }
}

void json_schema_body_end_typed(JsonWriter *writer, Str path, const Schema *schema, Arena *arena) {
    end_typed(writer, path, schema, arena);
    json_schema_write_blocks(writer, path, schema, arena);
}
