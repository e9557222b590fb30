/* References to filters. */
#include "filter_ref.h"

#include "items.h"

static void add_parameter(xmlNodePtr node, Str name, Value values) {
    for (size_t i = 0; value_is_present(values) && i < values.count; i++) {
        Value value = value_at(values, i);
        if (!value_is_present(value))
            continue;
        xmlNodePtr parameter = xml_add(node, "parameter");
        xml_set(parameter, "name", name);
        xml_set(parameter, "value", value_text(value));
    }
}

void filter_ref_add(xmlNodePtr parent, Value reference, const char *name_key, Arena *arena) {
    (void)arena;
    xmlNodePtr node = xml_add(parent, "filterref");
    xml_set(node, "filter", draft_text(reference, name_key, STR_EMPTY));
    Value parameters = draft_attribute(reference, "parameters");
    if (!value_is_present(parameters))
        return;
    for (size_t i = 0; i < parameters.count; i++)
        add_parameter(node, value_key_at(parameters, i), value_at(parameters, i));
}

/* Values of one name, in their order. */
static Value values_of(const XmlNodes *parameters, Str name, Arena *arena) {
    StrVec values = {0};
    vec_each(parameters, parameter) {
        if (str_equal(xml_get(*parameter, "@name", arena), name))
            vec_push(arena, &values, xml_get(*parameter, "@value", arena));
    }
    return items_text_list(&values, arena);
}

Value filter_ref_read(xmlNodePtr node, const Type *type, const char *name_key, Arena *arena) {
    XmlNodes parameters = xml_find_all(node, "parameter", arena);
    StrVec names = {0};
    Values lists = {0};
    vec_each(&parameters, parameter) {
        Str name = xml_get(*parameter, "@name", arena);
        bool is_seen = false;
        vec_each(&names, seen)
            is_seen |= str_equal(*seen, name);
        if (is_seen)
            continue;
        vec_push(arena, &names, name);
        vec_push(arena, &lists, values_of(&parameters, name, arena));
    }
    Draft draft = items_draft(type, arena);
    draft_set_text(&draft, name_key, xml_get(node, "@filter", arena), arena);
    const Type *map = items_type(type, "parameters");
    if (names.count)
        draft_set(&draft, "parameters",
                  value_map(map->element, names.items, lists.items, names.count, arena));
    return draft_value(&draft);
}
