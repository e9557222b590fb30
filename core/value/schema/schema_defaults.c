/* schema_defaults: replaces nulls in a configuration with default_json. Returns a value without
 * such nulls unchanged. */
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

static bool defaults_fill_attribute(const Attribute *attribute, Value *value, Arena *arena) {
    bool changed = false;
    if (value_is_null(*value)) {
        if (!attribute->default_json)
            return false;
        *value = value_with_marks(default_value(attribute, value->type, arena), value->marks);
        changed = true;
    }
    if (!attribute->nested)
        return changed;
    Schema members = schema_of_nested(attribute->nested);
    return defaults_fill_nested(&members, attribute->nested->nesting, value, arena) || changed;
}

static bool defaults_fill_object(const Schema *schema, Value *object, Arena *arena) {
    if (!value_is_present(*object))
        return false;
    Value *items = value_copy_items(*object, arena);
    bool changed = false;
    size_t at = 0;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        if (!type_find_attribute(object->type, str_from_cstr(attribute->name), &at))
            continue;
        changed = defaults_fill_attribute(attribute, &items[at], arena) || changed;
    }
    for (size_t i = 0; i < schema->block_count; i++) {
        const Block *block = &schema->blocks[i];
        if (!type_find_attribute(object->type, str_from_cstr(block->name), &at))
            continue;
        changed =
            defaults_fill_nested(&block->schema, block->nesting, &items[at], arena) || changed;
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
