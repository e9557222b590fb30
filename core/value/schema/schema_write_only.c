/* schema_write_only: write-only attributes, which providers receive but plans and state never
 * store. */
#include "schema.h"

static bool only_is_write_only(const Attribute *attribute) {
    return (attribute->flags & WRITE_ONLY) != 0;
}

static Value drop_nested(const Schema *schema, Nesting nesting, Value value, Arena *arena) {
    if (!value_is_present(value) || !schema_has(schema, only_is_write_only))
        return value;
    if (nesting == NEST_SINGLE)
        return schema_drop_write_only(schema, value, arena);
    Value *items = arena_new_array(arena, Value, value.count);
    for (size_t i = 0; i < value.count; i++)
        items[i] = schema_drop_write_only(schema, value_at(value, i), arena);
    return value_with_items(value, items, arena);
}

static Value drop_attribute(const Attribute *attribute, Value value, Arena *arena) {
    if (only_is_write_only(attribute))
        return value_null(value.type);
    if (!attribute->nested)
        return value;
    Schema members = schema_of_nested(attribute->nested);
    return drop_nested(&members, attribute->nested->nesting, value, arena);
}

Value schema_drop_write_only(const Schema *schema, Value value, Arena *arena) {
    if (!value_is_present(value) || !schema_has(schema, only_is_write_only))
        return value;
    Value *items = arena_new_array(arena, Value, value.count);
    for (size_t i = 0; i < value.count; i++) {
        Str name = value_key_at(value, i);
        const Attribute *attribute = schema_find_attribute(schema, name);
        const Block *block = attribute ? NULL : schema_find_block(schema, name);
        items[i] = value_at(value, i);
        if (attribute)
            items[i] = drop_attribute(attribute, items[i], arena);
        else if (block)
            items[i] = drop_nested(&block->schema, block->nesting, items[i], arena);
    }
    return value_with_items(value, items, arena);
}

bool schema_is_write_only(const Schema *schema, Path path) {
    Schema members = *schema;
    for (size_t i = 0; i < path.count; i++) {
        if (path.steps[i].is_index)
            continue;
        const Attribute *attribute = schema_find_attribute(&members, path.steps[i].name);
        const Block *block = attribute ? NULL : schema_find_block(&members, path.steps[i].name);
        if (attribute && only_is_write_only(attribute))
            return true;
        if (!block && !(attribute && attribute->nested))
            return false;
        members = block ? block->schema : schema_of_nested(attribute->nested);
    }
    return false;
}
