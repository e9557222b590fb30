/* schema_defaults: default_json where the configuration says null. What holds no default, or needs
 * none, is handed back as it is. */
#include "schema.h"

#include "json.h"

static bool fill_object(const Schema *schema, Value *object, Arena *arena);

/* A default is part of a static table, so a bad one is a mistake of ours. */
static Value default_value(const Attribute *attribute, const Type *type, Arena *arena) {
    JsonReader reader = json_reader_new(str_from_cstr(attribute->default_json), arena);
    const char *error = NULL;
    Value value;
    bool is_fine = json_read_typed(&reader, json_next(&reader), type, &value, &error, arena);
    CHECK(is_fine);
    return value;
}

static bool has_defaults(const Schema *schema) {
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        if (attribute->default_json)
            return true;
        if (!attribute->nested)
            continue;
        Schema members = {
            .attributes = attribute->nested->attributes,
            .attribute_count = attribute->nested->count,
        };
        if (has_defaults(&members))
            return true;
    }
    for (size_t i = 0; i < schema->block_count; i++) {
        if (has_defaults(&schema->blocks[i].schema))
            return true;
    }
    return false;
}

static Value *copy_items(Value v, Arena *arena) {
    Value *items = arena_new_array(arena, Value, v.count);
    for (size_t i = 0; i < v.count; i++)
        items[i] = value_at(v, i);
    return items;
}

static bool fill_nested(const Schema *schema, Nesting nesting, Value *value, Arena *arena) {
    if (!value_is_present(*value) || !has_defaults(schema))
        return false;
    if (nesting == NEST_SINGLE)
        return fill_object(schema, value, arena);
    Value *items = copy_items(*value, arena);
    bool changed = false;
    for (size_t i = 0; i < value->count; i++) {
        changed = fill_object(schema, &items[i], arena) || changed;
    }
    if (changed)
        *value = value_with_items(*value, items, arena);
    return changed;
}

static bool fill_attribute(const Attribute *attribute, Value *value, Arena *arena) {
    bool changed = false;
    if (value_is_null(*value)) {
        if (!attribute->default_json)
            return false;
        *value = value_with_marks(default_value(attribute, value->type, arena), value->marks);
        changed = true;
    }
    if (!attribute->nested)
        return changed;
    Schema members = {
        .attributes = attribute->nested->attributes,
        .attribute_count = attribute->nested->count,
    };
    return fill_nested(&members, attribute->nested->nesting, value, arena) || changed;
}

static bool fill_object(const Schema *schema, Value *object, Arena *arena) {
    if (!value_is_present(*object))
        return false;
    Value *items = copy_items(*object, arena);
    bool changed = false;
    size_t at = 0;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        if (!type_find_attribute(object->type, str_from_cstr(attribute->name), &at))
            continue;
        changed = fill_attribute(attribute, &items[at], arena) || changed;
    }
    for (size_t i = 0; i < schema->block_count; i++) {
        const Block *block = &schema->blocks[i];
        if (!type_find_attribute(object->type, str_from_cstr(block->name), &at))
            continue;
        changed = fill_nested(&block->schema, block->nesting, &items[at], arena) || changed;
    }
    if (changed)
        *object = value_with_items(*object, items, arena);
    return changed;
}

Value schema_apply_defaults(const Schema *schema, Value config, Arena *arena) {
    if (has_defaults(schema))
        fill_object(schema, &config, arena);
    return config;
}
