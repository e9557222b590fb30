/* schema_defaults: replaces nulls in a configuration with default_json, and null collections of
 * blocks with empty ones. Returns a value without such nulls unchanged. */
#include "schema.h"

#include "json.h"

static bool defaults_fill_object(const Schema *schema, Value *object, Arena *arena);

/* A default that cannot be read is a bug in a static table. */
static Value default_value(const Attribute *attribute, const Type *type, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(attribute->default_json), arena);
    const char *error = NULL;
    Value value;
    bool is_fine = json_read_typed(&reader, json_next(&reader), type, &value, &error, arena);
    CHECK(is_fine);
    return value;
}

static bool defaults_has_default(const Attribute *attribute) {
    return attribute->default_json != NULL;
}

static bool defaults_fill_nested(const Schema *schema, Nesting nesting, Value *value,
                                 Arena *arena) {
    if (!value_is_present(*value) || !schema_has(schema, defaults_has_default))
        return false;
    if (nesting == NEST_SINGLE)
        return defaults_fill_object(schema, value, arena);
    Value *items = value_copy_items(*value, arena);
    bool changed = false;
    for (size_t i = 0; i < value->count; i++) {
        changed = defaults_fill_object(schema, &items[i], arena) || changed;
    }
    if (changed)
        *value = value_with_items(*value, items, arena);
    return changed;
}

static bool defaults_fill_member(SchemaMember member, Value *value, Arena *arena) {
    bool changed = member.attribute && member.attribute->default_json && value_is_null(*value);
    if (changed)
        *value =
            value_with_marks(default_value(member.attribute, value->type, arena), value->marks);
    return (member.nested && defaults_fill_nested(member.nested, member.nesting, value, arena)) ||
           changed;
}

static bool defaults_fill_object(const Schema *schema, Value *object, Arena *arena) {
    if (!value_is_present(*object))
        return false;
    Value *items = value_copy_items(*object, arena);
    bool changed = false;
    size_t at;
    for (size_t i = 0; i < schema_member_count(schema); i++) {
        SchemaMember member = schema_member(schema, i);
        if (type_find_attribute(object->type, member.name, &at))
            changed = defaults_fill_member(member, &items[at], arena) || changed;
    }
    if (changed)
        *object = value_with_items(*object, items, arena);
    return changed;
}

Value schema_apply_defaults(const Schema *schema, Value config, Arena *arena) {
    if (schema_has(schema, defaults_has_default))
        defaults_fill_object(schema, &config, arena);
    return config;
}

/* Only a NEST_SINGLE block may be null. */

static Value fill_items(const Block *block, Value v, Arena *arena) {
    Value *items = value_copy_items(v, arena);
    bool is_changed = false;
    for (size_t i = 0; i < v.count; i++) {
        Value item = schema_fill_blocks(&block->schema, items[i], arena);
        is_changed = is_changed || !value_equal(item, items[i]);
        items[i] = item;
    }
    return is_changed ? value_with_items(v, items, arena) : v;
}

static Value schema_fill_block(const Block *block, Value v, Value empty, Arena *arena) {
    if (value_is_null(v))
        return empty;
    if (!value_is_known(v))
        return v;
    return block->nesting == NEST_SINGLE ? schema_fill_blocks(&block->schema, v, arena)
                                         : fill_items(block, v, arena);
}

Value schema_fill_blocks(const Schema *schema, Value object, Arena *arena) {
    if (!value_is_present(object) || schema->block_count == 0)
        return object;
    Value empty = schema_empty_value(schema, arena);
    Value *items = value_copy_items(object, arena);
    bool is_changed = false;
    for (size_t i = 0; i < schema->block_count; i++) {
        size_t at;
        if (!type_find_attribute(object.type, str_from_cstr(schema->blocks[i].name), &at))
            continue;
        Value block = schema_fill_block(&schema->blocks[i], items[at], value_at(empty, at), arena);
        is_changed = is_changed || !value_equal(block, items[at]);
        items[at] = block;
    }
    return is_changed ? value_with_items(object, items, arena) : object;
}
