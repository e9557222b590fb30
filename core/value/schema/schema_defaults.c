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
    size_t at = 0;
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
