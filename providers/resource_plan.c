/* resource_plan: walks proposed object, prior object and configuration in parallel. */
#include "resource_type.h"

/* The values at one path in all three; prior and config are null where the path does not exist. */
typedef struct Trio {
    Value proposed;
    Value prior;
    Value config;
} Trio;

static Value plan_object(const Schema *schema, Trio at, Arena *arena);

static Value element_by_index(Value list, size_t i) {
    return value_is_present(list) && i < list.count ? value_at(list, i) : value_null(&TYPE_DYNAMIC);
}

static Value element_by_key(Value map, Str key) {
    Value element;
    return value_find(map, key, &element) ? element : value_null(&TYPE_DYNAMIC);
}

/* Matches an element of a set by value: returns it if the set has it, else null. */
static Value element_of_set(Value set, Value element) {
    for (size_t i = 0; value_is_present(set) && i < set.count; i++) {
        if (value_equal(value_at(set, i), element))
            return element;
    }
    return value_null(&TYPE_DYNAMIC);
}

static Trio element_at(Nesting nesting, Trio at, size_t i) {
    Trio element = {.proposed = value_at(at.proposed, i)};
    switch (nesting) {
    case NEST_SINGLE: return at;
    case NEST_LIST:
        element.prior = element_by_index(at.prior, i);
        element.config = element_by_index(at.config, i);
        break;
    case NEST_MAP:
        element.prior = element_by_key(at.prior, value_key_at(at.proposed, i));
        element.config = element_by_key(at.config, value_key_at(at.proposed, i));
        break;
    case NEST_SET:
        element.prior = element_of_set(at.prior, element.proposed);
        element.config = element.proposed;
        break;
    }
    return element;
}

static Value resource_plan_nested(const Schema *schema, Nesting nesting, Trio at, Arena *arena) {
    if (!value_is_present(at.proposed))
        return at.proposed;
    if (nesting == NEST_SINGLE)
        return plan_object(schema, at, arena);
    Value *items = arena_new_array(arena, Value, at.proposed.count);
    for (size_t i = 0; i < at.proposed.count; i++) {
        Trio element = element_at(nesting, at, i);
        bool is_kept = nesting == NEST_SET && value_is_present(element.prior);
        items[i] = is_kept ? element.proposed : plan_object(schema, element, arena);
    }
    return value_with_items(at.proposed, items, arena);
}

/* Returns whether a computed attribute without configuration and default becomes unknown: on
 * creation if it is null, on update if it has CHANGES_ON_UPDATE. */
static bool becomes_unknown(const Attribute *attribute, Trio at, bool is_new) {
    bool is_open =
        (attribute->flags & COMPUTED) && value_is_null(at.config) && !attribute->default_json;
    if (!is_open)
        return false;
    return is_new ? value_is_null(at.proposed) : (attribute->flags & CHANGES_ON_UPDATE) != 0;
}

static Value plan_member(SchemaMember member, Trio at, bool is_new, Arena *arena) {
    const Attribute *attribute = member.attribute;
    if (attribute && becomes_unknown(attribute, at, is_new))
        return value_unknown(at.proposed.type);
    /* A computed attribute without configuration keeps its value as a whole; its nested attributes
     * are not planned. */
    bool is_kept = attribute && (attribute->flags & COMPUTED) && value_is_null(at.config);
    return is_kept || !member.nested
               ? at.proposed
               : resource_plan_nested(member.nested, member.nesting, at, arena);
}

/* Sets *out to one member of all three objects. */
static bool member_at(Trio at, Str name, size_t *index, Trio *out) {
    if (!type_find_attribute(at.proposed.type, name, index))
        return false;
    *out = (Trio){
        .proposed = value_at(at.proposed, *index),
        .prior = element_by_key(at.prior, name),
        .config = element_by_key(at.config, name),
    };
    return true;
}

static Value plan_object(const Schema *schema, Trio at, Arena *arena) {
    if (!value_is_present(at.proposed))
        return at.proposed;
    bool is_new = !value_is_present(at.prior);
    Value *items = value_copy_items(at.proposed, arena);
    for (size_t i = 0; i < schema_member_count(schema); i++) {
        SchemaMember member = schema_member(schema, i);
        size_t index;
        Trio values;
        if (member_at(at, member.name, &index, &values))
            items[index] = plan_member(member, values, is_new, arena);
    }
    return value_with_items(at.proposed, items, arena);
}

Value resource_plan_object(const Schema *schema, const PlanRequest *request, Arena *arena) {
    if (value_is_null(request->proposed))
        return request->proposed;
    bool is_update = value_is_present(request->prior);
    if (is_update && value_equal(request->prior, request->proposed))
        return request->prior;
    Trio at = {.proposed = request->proposed, .prior = request->prior, .config = request->config};
    return plan_object(schema, at, arena);
}
