/* filter_ref: references to filters. */
#include "filter_ref.h"

#include "nested_list.h"
#include "xml_edit.h"

static void ref_add_parameter(xmlNodePtr node, Str name, Value values) {
    for (size_t i = 0; value_is_present(values) && i < values.count; i++) {
        Value value = value_at(values, i);
        if (!value_is_present(value))
            continue;
        xmlNodePtr parameter = xml_add(node, "parameter");
        xml_set(parameter, "name", name);
        xml_set(parameter, "value", value_text(value));
    }
}

static void add_parameters(xmlNodePtr node, Value reference) {
    Value parameters = object_attribute(reference, "parameters");
    for (size_t i = 0; value_is_present(parameters) && i < parameters.count; i++)
        ref_add_parameter(node, value_key_at(parameters, i), value_at(parameters, i));
}

void filter_ref_add(xmlNodePtr parent, Value reference, const char *name_key, Arena *) {
    xmlNodePtr node = xml_add(parent, "filterref");
    xml_set(node, "filter", object_text(reference, name_key, STR_EMPTY));
    add_parameters(node, reference);
}

/* Returns the values of one parameter, in order. */
static Value ref_values_of(const XmlNodes *parameters, Str name, Arena *arena) {
    StrVec values = {0};
    vec_each(parameters, parameter) {
        if (str_equal(xml_get(*parameter, "@name", arena), name))
            vec_push(arena, &values, xml_get(*parameter, "@value", arena));
    }
    return nested_list_of_texts(&values, arena);
}

void filter_ref_edit_node(xmlNodePtr node, Value reference, const char *name_key, Arena *arena) {
    Value now = filter_ref_read(node, reference.type, name_key, arena);
    xml_edit_attribute(node, "filter", object_text(reference, name_key, STR_EMPTY));
    if (!object_differs(now, reference, "parameters"))
        return;
    xml_edit_remove_all(node, "parameter");
    add_parameters(node, reference);
}

Value filter_ref_read(xmlNodePtr node, const Type *type, const char *name_key, Arena *arena) {
    XmlNodes parameters = xml_find_all(node, "parameter", arena);
    StrVec names = {0};
    ValueVec lists = {0};
    vec_each(&parameters, parameter) {
        Str name = xml_get(*parameter, "@name", arena);
        bool is_seen = false;
        vec_each(&names, seen)
            is_seen |= str_equal(*seen, name);
        if (is_seen)
            continue;
        vec_push(arena, &names, name);
        vec_push(arena, &lists, ref_values_of(&parameters, name, arena));
    }
    ObjectBuilder builder = object_builder_null(type, arena);
    object_builder_set_text(&builder, name_key, xml_get(node, "@filter", arena), arena);
    const Type *map = object_attribute_type(type, "parameters");
    if (names.count)
        object_builder_set(&builder, "parameters",
                           value_map(map->element, names.items, lists.items, names.count, arena));
    return object_builder_value(&builder);
}
