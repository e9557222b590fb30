/* Merges prior object and configuration, member by member. */
#include "schema.h"

/* Returns true if the provider may have made `prior` from `config`: they differ only in computed
 * attributes that `config` leaves null. Nested blocks are not compared. */
static bool could_come_from(const Schema *schema, Value prior, Value config) {
    if (!value_is_present(prior) || !value_is_present(config))
        return value_equal(prior, config);
    for (size_t i = 0; i < schema->attribute_count; i++) {
        Str name = str_from_cstr(schema->attributes[i].name);
        Value before = value_attribute(prior, name);
        Value wanted = value_attribute(config, name);
        if (value_equal(before, wanted))
            continue;
        if (!(schema->attributes[i].flags & COMPUTED) || !value_is_null(wanted))
            return false;
    }
    return true;
}

static Value find_set_prior(const Schema *schema, Value prior, Value config, bool *used) {
    for (size_t i = 0; i < prior.count; i++) {
        if (used[i] || !could_come_from(schema, value_at(prior, i), config))
            continue;
        used[i] = true;
        return value_at(prior, i);
    }
    return value_null(config.type);
}

static Value item_prior(const Schema *schema, Nesting nesting, Value prior, Value config, size_t i,
                        bool *used) {
    Value item = value_at(config, i);
    Value found = value_null(item.type);
    switch (nesting) {
    case NEST_LIST: return i < prior.count ? value_at(prior, i) : found;
    case NEST_MAP:
        if (value_find(prior, value_key_at(config, i), &found))
            return found;
        return value_null(item.type);
    case NEST_SET: return find_set_prior(schema, prior, item, used);
    case NEST_SINGLE: break;
    }
    return found;
}

static Value propose_collection(const Schema *schema, Nesting nesting, Value prior, Value config,
                                Arena *arena) {
    if (nesting == NEST_SINGLE)
        return schema_propose(schema, prior, config, arena);
    if (!value_is_present(config) || !value_is_present(prior))
        return config;
    bool *used = arena_new_array(arena, bool, prior.count);
    Value *items = arena_new_array(arena, Value, config.count);
    for (size_t i = 0; i < config.count; i++) {
        Value before = item_prior(schema, nesting, prior, config, i, used);
        items[i] = schema_propose(schema, before, value_at(config, i), arena);
    }
    return value_with_items(config, items, arena);
}

/* Returns true if the prior object contains a value that only a configuration can set. */
static bool holds_configured_leaves(const Schema *schema, Nesting nesting, Value prior) {
    if (!value_is_present(prior))
        return false;
    for (size_t i = 0; nesting != NEST_SINGLE && i < prior.count; i++)
        if (holds_configured_leaves(schema, NEST_SINGLE, value_at(prior, i)))
            return true;
    for (size_t i = 0; nesting == NEST_SINGLE && i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Value leaf = value_attribute(prior, str_from_cstr(attribute->name));
        if (!value_is_null(leaf) && !(attribute->flags & COMPUTED))
            return true;
    }
    return false;
}

static Value propose_member(SchemaMember member, Value prior, Value config, Arena *arena) {
    const Attribute *attribute = member.attribute;
    if (attribute && (attribute->flags & COMPUTED) && value_is_null(config)) {
        bool is_removed = member.nested && (attribute->flags & OPTIONAL) &&
                          holds_configured_leaves(member.nested, member.nesting, prior);
        return is_removed ? config : prior;
    }
    return member.nested ? propose_collection(member.nested, member.nesting, prior, config, arena)
                         : config;
}

Value schema_propose(const Schema *schema, Value prior, Value config, Arena *arena) {
    if (!value_is_present(config) || !value_is_present(prior))
        return config;
    Value *items = value_copy_items(config, arena);
    for (size_t i = 0; i < schema_member_count(schema); i++) {
        SchemaMember member = schema_member(schema, i);
        size_t at;
        if (type_find_attribute(config.type, member.name, &at))
            items[at] =
                propose_member(member, value_attribute(prior, member.name), items[at], arena);
    }
    return value_object_of(config.type, items);
}
