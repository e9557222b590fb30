/* generated_config: as Terraform does for providers that do not generate configurations. Old
 * frameworks store an empty text for an argument without a value, and have an `id` that
 * configurations may set according to the schema, but not according to the provider. */
#include "resource_type.h"

static Value generated_config_describe(const Schema *schema, Value object, bool is_outermost,
                                       Arena *arena);

static bool generated_config_is_omitted(const Attribute *attribute, Value value,
                                        bool is_outermost) {
    bool is_given = attribute->flags & (REQUIRED | OPTIONAL);
    bool is_id = is_outermost && strcmp(attribute->name, "id") == 0;
    bool is_empty = (attribute->flags & OPTIONAL) && value.type == &TYPE_STRING &&
                    value_is_present(value) && value_text(value).len == 0;
    return !is_given || (attribute->flags & DEPRECATED) || is_empty ||
           (is_id && (attribute->flags & COMPUTED));
}

/* Describes the objects of a nested attribute or block. */
static Value describe_nested(const Schema *schema, Nesting nesting, Value value, Arena *arena) {
    if (!value_is_present(value))
        return value;
    if (nesting == NEST_SINGLE)
        return generated_config_describe(schema, value, false, arena);
    Value *items = value_copy_items(value, arena);
    for (size_t i = 0; i < value.count; i++)
        items[i] = generated_config_describe(schema, items[i], false, arena);
    return value_with_items(value, items, arena);
}

static Value generated_config_describe(const Schema *schema, Value object, bool is_outermost,
                                       Arena *arena) {
    if (!value_is_present(object))
        return object;
    Value *items = value_copy_items(object, arena);
    for (size_t i = 0; i < object.count; i++) {
        SchemaMember member;
        if (!schema_find_member(schema, value_key_at(object, i), &member))
            continue;
        bool is_omitted =
            member.attribute ? generated_config_is_omitted(member.attribute, items[i], is_outermost)
                             : member.nested->deprecated != NULL;
        if (is_omitted)
            items[i] = value_null(items[i].type);
        else if (member.nested)
            items[i] = describe_nested(member.nested, member.nesting, items[i], arena);
    }
    return value_with_items(object, items, arena);
}

Value generated_config(const Schema *schema, Value object, Arena *arena) {
    return value_is_present(object) ? generated_config_describe(schema, object, true, arena)
                                    : schema_empty_value(schema, arena);
}
