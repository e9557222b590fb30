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

Value schema_drop_write_only(const Schema *schema, Value value, Arena *arena) {
    if (!value_is_present(value) || !schema_has(schema, only_is_write_only))
        return value;
    Value *items = arena_new_array(arena, Value, value.count);
    for (size_t i = 0; i < value.count; i++) {
        SchemaMember member;
        items[i] = value_at(value, i);
        if (!schema_find_member(schema, value_key_at(value, i), &member))
            continue;
        if (member.attribute && only_is_write_only(member.attribute))
            items[i] = value_null(items[i].type);
        else if (member.nested)
            items[i] = drop_nested(member.nested, member.nesting, items[i], arena);
    }
    return value_with_items(value, items, arena);
}

bool schema_is_write_only(const Schema *schema, Path path) {
    for (size_t i = 0; schema && i < path.count; i++) {
        SchemaMember member;
        if (path.steps[i].is_index)
            continue;
        if (!schema_find_member(schema, path.steps[i].name, &member))
            return false;
        if (member.attribute && only_is_write_only(member.attribute))
            return true;
        schema = member.nested;
    }
    return false;
}
