/* xml_map: edits, reads and compares objects by their rows. Lists pair items by key, by content,
 * and without a key by position. */
#include "xml_map.h"

#include <ctype.h>
#include <strings.h>

#include "nested_list.h"
#include "xml_edit.h"
#include "xml_path.h"

XmlRows xml_map_rows(const NestedObject *nested) {
    return (XmlRows){nested->schema.attributes, nested->schema.attribute_count};
}

XmlRows xml_map_nested(XmlRows rows, const char *name) {
    size_t i = 0;
    while (strcmp(rows.attributes[i].name, name) != 0)
        CHECK(++i < rows.count);
    return xml_map_rows(rows.attributes[i].nested);
}

/* Returns the object, or one with null attributes. */
static Value object_or_empty(Value object, Arena *arena) {
    if (value_is_present(object))
        return object;
    ObjectBuilder builder = object_builder_null(object.type, arena);
    return object_builder_value(&builder);
}

static Str xml_map_text_of(const XmlBinding *binding, Value value, Arena *arena) {
    int64_t number = 0;
    if (!value_is_present(value))
        return STR_EMPTY;
    if (value.type == &TYPE_BOOL && binding->form == XML_ON_OFF)
        return value_is_true(value) ? STR("on") : STR("off");
    if (value.type == &TYPE_BOOL && !value_is_true(value))
        return binding->form == XML_YES ? STR_EMPTY : STR("no");
    if (value.type == &TYPE_BOOL)
        return STR("yes");
    if (binding->form == XML_MIB && value_to_int(value, &number))
        return str_format(arena, "%lld", (long long)number * 1024);
    return value.type == &TYPE_NUMBER ? value_number_text(value, arena) : value_text(value);
}

/* Splits "a/b/@c": returns "a/b" and sets *attribute to "@c". A path without an attribute is
 * returned unchanged, with *attribute NULL. */
static const char *element_path(const char *path, const char **attribute, Arena *arena) {
    const char *last = strrchr(path, '/');
    *attribute = NULL;
    if (!last || last[1] != '@')
        return path;
    *attribute = last + 1;
    return str_to_cstr((Str){path, (size_t)(last - path)}, arena);
}

/* A list of strings: the path names repeated elements, one for each string. */
static void edit_texts(const XmlBinding *binding, Value planned, xmlNodePtr node, Arena *arena) {
    const char *attribute = NULL;
    const char *path = element_path(binding->path, &attribute, arena);
    XmlNodes nodes = xml_path_all(node, path, arena);
    size_t count = value_is_present(planned) ? planned.count : 0;
    for (size_t i = 0; i < count; i++) {
        xmlNodePtr item = i < nodes.count ? nodes.items[i] : xml_path_add(node, path);
        xml_path_set(item, attribute ? attribute : ".", value_text(value_at(planned, i)));
    }
    for (size_t i = count; i < nodes.count; i++)
        xml_remove(nodes.items[i]);
}

static void edit_entries(const XmlBinding *binding, Value planned, xmlNodePtr node, Arena *) {
    while (xml_path_find(node, binding->path))
        xml_path_remove(node, binding->path);
    size_t count = value_is_present(planned) ? planned.count : 0;
    for (size_t i = 0; i < count; i++) {
        xmlNodePtr item = xml_path_add(node, binding->path);
        xml_set(item, "name", value_key_at(planned, i));
        xml_set_text(item, value_text(value_at(planned, i)));
    }
}

static void edit_states(const XmlBinding *binding, Value planned, xmlNodePtr node, Arena *arena) {
    xmlNodePtr place = xml_path_need(node, binding->path);
    xmlNodePtr child = NULL;
    while ((child = xml_find(place, "*[@state]")) != NULL)
        xml_remove(child);
    size_t count = value_is_present(planned) ? planned.count : 0;
    for (size_t i = 0; i < count; i++)
        xml_set(xml_add(place, str_to_cstr(value_key_at(planned, i), arena)), "state",
                value_text(value_at(planned, i)));
    xml_edit_remove_empty(place);
}

static void edit_leaf(const XmlBinding *binding, Value planned, xmlNodePtr node, Arena *arena) {
    if (type_equal(planned.type, &TYPE_LIST_OF_STRING))
        edit_texts(binding, planned, node, arena);
    else if (binding->form == XML_ENTRIES)
        edit_entries(binding, planned, node, arena);
    else if (binding->form == XML_STATES)
        edit_states(binding, planned, node, arena);
    else if (binding->form == XML_PRESENT && value_is_true(planned))
        (void)xml_path_need(node, binding->path);
    else if (binding->form == XML_PRESENT)
        xml_path_remove(node, binding->path);
    else
        xml_path_set(node, binding->path, xml_map_text_of(binding, planned, arena));
    if (binding->form == XML_MIB && value_is_present(planned) && !strchr(binding->path, '@'))
        xml_set(xml_path_need(node, binding->path), "unit", STR("KiB"));
}

static void edit_single(const Attribute *attribute, Value prior, Value planned, xmlNodePtr node,
                        Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    bool is_group = strcmp(binding->path, ".") == 0;
    if (!value_is_present(planned) && !is_group) {
        xml_path_remove(node, binding->path);
        return;
    }
    xmlNodePtr place = is_group ? node : xml_path_need(node, binding->path);
    xml_map_edit(xml_map_rows(attribute->nested), prior, planned, place, arena);
}

/* Returns the elements of a list, without those that belong to other attributes. */
static XmlNodes nodes_of(const XmlBinding *binding, xmlNodePtr node, Arena *arena) {
    XmlNodes all = xml_path_all(node, binding->path, arena);
    XmlNodes own = {0};
    vec_each(&all, item)
        if (!binding->skips || !binding->skips(*item))
            vec_push(arena, &own, *item);
    return own;
}

static bool xml_map_has_same_key(const XmlBinding *binding, Value a, Value b) {
    return binding->key && value_is_present(object_attribute(a, binding->key)) &&
           value_equal(object_attribute(a, binding->key), object_attribute(b, binding->key));
}

typedef bool (*ItemSame)(const XmlBinding *binding, Value a, Value b);

static bool is_same_content(const XmlBinding *, Value a, Value b) {
    return value_equal(a, b);
}

static void pair_by(const XmlBinding *binding, ItemSame is_same, Value before, Value after,
                    bool *is_used, size_t *out) {
    for (size_t i = 0; i < after.count; i++)
        for (size_t n = 0; n < before.count && out[i] == SIZE_MAX; n++) {
            if (is_used[n] || !is_same(binding, value_at(before, n), value_at(after, i)))
                continue;
            is_used[n] = true;
            out[i] = n;
        }
}

size_t *xml_map_pair(const Attribute *attribute, Value before, Value after, Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    size_t count = value_is_present(after) ? after.count : 0;
    size_t *out = arena_new_array(arena, size_t, count);
    for (size_t i = 0; i < count; i++)
        out[i] = SIZE_MAX;
    if (count == 0 || !value_is_present(before))
        return out;
    bool *is_used = arena_new_array(arena, bool, before.count);
    pair_by(binding, xml_map_has_same_key, before, after, is_used, out);
    pair_by(binding, is_same_content, before, after, is_used, out);
    for (size_t i = 0; i < count && i < before.count && !binding->key; i++)
        if (out[i] == SIZE_MAX && !is_used[i]) {
            is_used[i] = true;
            out[i] = i;
        }
    return out;
}

static Value xml_map_read_object(XmlRows rows, Value old, xmlNodePtr node, const Type *type,
                                 bool is_import, Arena *arena) {
    ObjectBuilder builder =
        value_is_present(old) ? object_builder_of(old, arena) : object_builder_null(type, arena);
    xml_map_read(rows, old, node, is_import || !value_is_present(old), &builder, arena);
    return object_builder_value(&builder);
}

/* Sets out[i] of each unmatched item to the first unclaimed element that matches: with `by_key` by
 * the key, otherwise by all attributes that the item sets. Sets claimed elements in `nodes` to
 * NULL. */
static void match_items(const Attribute *attribute, Value list, bool by_key, XmlNodes *nodes,
                        xmlNodePtr *out, Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    XmlRows rows = xml_map_rows(attribute->nested);
    for (size_t i = 0; i < list.count; i++) {
        Value item = value_at(list, i);
        for (size_t n = 0; n < nodes->count && !out[i]; n++) {
            if (!nodes->items[n])
                continue;
            Value found = xml_map_read_object(rows, item, nodes->items[n], item.type, false, arena);
            if (by_key ? !xml_map_has_same_key(binding, found, item) : !value_equal(found, item))
                continue;
            out[i] = nodes->items[n];
            nodes->items[n] = NULL;
        }
    }
}

static void claim_items(const Attribute *attribute, Value list, XmlNodes *nodes, xmlNodePtr *out,
                        Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    if (binding->key)
        match_items(attribute, list, true, nodes, out, arena);
    match_items(attribute, list, false, nodes, out, arena);
    for (size_t i = 0; i < list.count && i < nodes->count && !binding->key; i++)
        if (!out[i] && nodes->items[i]) {
            out[i] = nodes->items[i];
            nodes->items[i] = NULL;
        }
}

void xml_map_find_items(const Attribute *attribute, Value list, bool is_exact, xmlNodePtr node,
                        xmlNodePtr *out, Arena *arena) {
    XmlNodes nodes = nodes_of(attribute->binding, node, arena);
    if (!value_is_present(list))
        return;
    if (is_exact)
        match_items(attribute, list, false, &nodes, out, arena);
    else
        claim_items(attribute, list, &nodes, out, arena);
}

/* Removes the element, and its parents below `node` that are then empty: libvirt rejects some. */
static void remove_item(xmlNodePtr item, xmlNodePtr node) {
    xmlNodePtr parent = xml_find(item, "..");
    xml_remove(item);
    while (parent && parent != node && !xml_find(parent, "*|@*")) {
        xmlNodePtr outer = xml_find(parent, "..");
        xml_remove(parent);
        parent = outer;
    }
}

static void xml_map_edit_list(const Attribute *attribute, Value prior, Value planned,
                              xmlNodePtr node, Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    XmlRows rows = xml_map_rows(attribute->nested);
    size_t old_count = value_is_present(prior) ? prior.count : 0;
    size_t count = value_is_present(planned) ? planned.count : 0;
    xmlNodePtr *nodes = arena_new_array(arena, xmlNodePtr, old_count);
    size_t *pairs = xml_map_pair(attribute, prior, planned, arena);
    xml_map_find_items(attribute, prior, false, node, nodes, arena);
    for (size_t n = 0; n < old_count; n++) {
        bool is_kept = false;
        for (size_t i = 0; i < count; i++)
            is_kept |= pairs[i] == n;
        if (!is_kept && nodes[n])
            remove_item(nodes[n], node);
    }
    for (size_t i = 0; i < count; i++) {
        Value item = value_at(planned, i);
        bool is_old = pairs[i] != SIZE_MAX && nodes[pairs[i]];
        xmlNodePtr place = is_old ? nodes[pairs[i]] : xml_path_add(node, binding->path);
        xml_map_edit(rows, is_old ? value_at(prior, pairs[i]) : value_null(item.type), item, place,
                     arena);
    }
}

static bool xml_map_is_by_hand(const Attribute *attribute) {
    const XmlBinding *binding = attribute->binding;
    return !binding || !binding->path;
}

static void xml_map_edit_rows(XmlRows rows, Value prior, Value planned, xmlNodePtr node,
                              Arena *arena) {
    for (size_t i = 0; i < rows.count; i++) {
        const Attribute *attribute = &rows.attributes[i];
        Value old = object_attribute(prior, attribute->name);
        Value new = object_attribute(planned, attribute->name);
        if (xml_map_is_by_hand(attribute) || value_equal(old, new))
            continue;
        if (!attribute->nested)
            edit_leaf(attribute->binding, new, node, arena);
        else if (attribute->nested->nesting == NEST_SINGLE)
            edit_single(attribute, old, new, node, arena);
        else
            xml_map_edit_list(attribute, old, new, node, arena);
    }
}

bool xml_map_differs(XmlRows rows, Value prior, Value planned) {
    for (size_t i = 0; i < rows.count; i++)
        if (rows.attributes[i].binding && object_differs(prior, planned, rows.attributes[i].name))
            return true;
    return false;
}

/* Returns whether libvirt chose another value for an argument that was not set. */
static bool differs_from_host(const XmlBinding *binding, Value value, xmlNodePtr node,
                              Arena *arena) {
    Str text = xml_path_get(node, binding->path, arena);
    return text.len && value.type == &TYPE_STRING && value_is_present(value) &&
           !str_equal(text, value_text(value));
}

/* Removes the places in `resets` of each row whose value changes. Returns whether any row did. */
static bool reset(XmlRows rows, Value prior, Value planned, xmlNodePtr node, Arena *arena) {
    bool is_reset = false;
    for (size_t i = 0; i < rows.count; i++) {
        const XmlBinding *binding = rows.attributes[i].binding;
        Value old = object_attribute(prior, rows.attributes[i].name);
        Value new = object_attribute(planned, rows.attributes[i].name);
        if (!binding || !binding->resets || value_equal(old, new) ||
            (value_is_null(old) && !differs_from_host(binding, new, node, arena)))
            continue;
        Str rest = str_from_cstr(binding->resets);
        Str path = STR_EMPTY;
        is_reset = true;
        while (str_next_field(&rest, ' ', &path))
            xml_path_remove(node, str_to_cstr(path, arena));
    }
    return is_reset;
}

void xml_map_edit(XmlRows rows, Value prior, Value planned, xmlNodePtr node, Arena *arena) {
    prior = object_or_empty(prior, arena);
    planned = object_or_empty(planned, arena);
    if (reset(rows, prior, planned, node, arena)) {
        /* The reset may have removed other members, so this edit is followed by one that writes
         * all. */
        xml_map_edit_rows(rows, prior, planned, node, arena);
        prior = object_or_empty(value_null(prior.type), arena);
    }
    xml_map_edit_rows(rows, prior, planned, node, arena);
}

static Value xml_map_read_texts(const XmlBinding *binding, Value old, xmlNodePtr node,
                                Arena *arena) {
    const char *attribute = NULL;
    const char *path = element_path(binding->path, &attribute, arena);
    XmlNodes nodes = xml_path_all(node, path, arena);
    StrVec texts = {0};
    vec_each(&nodes, item)
        vec_push(arena, &texts, xml_path_get(*item, attribute ? attribute : ".", arena));
    return texts.count || value_is_present(old) ? nested_list_of_texts(&texts, arena)
                                                : value_null(&TYPE_LIST_OF_STRING);
}

static Value xml_map_read_entries(const XmlBinding *binding, Value old, xmlNodePtr node,
                                  Arena *arena) {
    XmlNodes nodes = xml_path_all(node, binding->path, arena);
    ObjectBuilder builder = object_builder_new(arena);
    vec_each(&nodes, item)
        object_builder_put(&builder, xml_path_get(*item, "@name", arena),
                           value_string(xml_path_get(*item, ".", arena), arena));
    return nodes.count || value_is_present(old) ? object_builder_map(&builder, &TYPE_STRING)
                                                : value_null(&TYPE_MAP_OF_STRING);
}

static Value xml_map_read_states(const XmlBinding *binding, Value old, xmlNodePtr node,
                                 Arena *arena) {
    xmlNodePtr place = xml_path_find(node, binding->path);
    ObjectBuilder builder = object_builder_new(arena);
    XmlNodes nodes = {0};
    if (place)
        nodes = xml_find_all(place, "*[@state]", arena);
    vec_each(&nodes, item)
        object_builder_put(&builder, str_clone(xml_name(*item), arena),
                           value_string(xml_path_get(*item, "@state", arena), arena));
    return nodes.count || value_is_present(old) ? object_builder_map(&builder, &TYPE_STRING)
                                                : value_null(&TYPE_MAP_OF_STRING);
}

/* Converts an amount to MiB. libvirt prints units such as M or GiB; an amount without a unit is in
 * KiB. */
static Value read_mib(Str text, Str unit) {
    static const char letters[] = "KMGT";
    const char *letter = unit.len ? strchr(letters, toupper((unsigned char)unit.ptr[0])) : letters;
    int64_t amount = 0;
    if (!str_to_int64(str_trim(text), &amount))
        return value_null(&TYPE_NUMBER);
    int64_t kib = letter ? amount << (10 * (letter - letters)) : amount / 1024;
    return value_int(kib / 1024);
}

static Value xml_map_read_number(const XmlBinding *binding, Str text, xmlNodePtr node,
                                 Arena *arena) {
    Value number = value_null(&TYPE_NUMBER);
    xmlNodePtr place = xml_path_find(node, binding->path);
    bool has_unit = place && !strchr(binding->path, '@');
    if (binding->form == XML_MIB)
        return read_mib(text, has_unit ? xml_get(place, "@unit", arena) : STR_EMPTY);
    if (str_starts_with(text, STR("0x")))
        return value_int((int64_t)strtoull(str_to_cstr(text, arena), NULL, 16));
    return value_from_number_text(str_trim(text), &number, arena) ? number
                                                                  : value_null(&TYPE_NUMBER);
}

static Value xml_map_read_bool(const XmlBinding *binding, Value old, xmlNodePtr node,
                               Arena *arena) {
    bool was_false = value_is_present(old) && !value_is_true(old);
    if (binding->form == XML_PRESENT) {
        bool is_present = xml_path_find(node, binding->path) != NULL;
        return is_present || was_false ? value_bool(is_present) : value_null(&TYPE_BOOL);
    }
    Str text = xml_path_get(node, binding->path, arena);
    if (!text.len)
        return was_false ? old : value_null(&TYPE_BOOL);
    return value_bool(str_equal(text, STR("yes")) || str_equal(text, STR("on")));
}

static Value read_leaf(const Attribute *attribute, Value old, xmlNodePtr node, Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    if (type_equal(old.type, &TYPE_LIST_OF_STRING))
        return xml_map_read_texts(binding, old, node, arena);
    if (binding->form == XML_ENTRIES)
        return xml_map_read_entries(binding, old, node, arena);
    if (binding->form == XML_STATES)
        return xml_map_read_states(binding, old, node, arena);
    if (old.type == &TYPE_BOOL)
        return xml_map_read_bool(binding, old, node, arena);
    Str text = xml_path_get(node, binding->path, arena);
    if (!text.len && binding->absent && value_is_present(old) && old.type == &TYPE_STRING &&
        (strcmp(binding->absent, "*") == 0 || str_equal_cstr(value_text(old), binding->absent)))
        return old;
    if (!text.len)
        return attribute->flags & SENSITIVE ? old : value_null(old.type);
    if (old.type == &TYPE_NUMBER)
        return xml_map_read_number(binding, text, node, arena);
    bool is_same = value_is_present(old) && xml_edit_same_text(value_text(old), text);
    return is_same ? old : value_string(text, arena);
}

/* Reads an object whose element does not exist. libvirt omits the element if every member has its
 * default, so members with such a value (XmlBinding.absent) are kept, and so is an object without
 * members. */
static Value read_missing(const Attribute *attribute, Value old, Arena *arena) {
    SCOPED(XmlDoc) empty_doc = xml_new("none");
    Value found = xml_map_read_object(xml_map_rows(attribute->nested), old, xml_root(&empty_doc),
                                      old.type, false, arena);
    Value empty = object_or_empty(value_null(old.type), arena);
    bool is_lost = value_equal(found, empty) && !value_equal(old, empty);
    return is_lost ? value_null(old.type) : found;
}

static Value xml_map_read_single(const Attribute *attribute, Value old, xmlNodePtr node,
                                 bool is_import, Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    xmlNodePtr place = xml_path_find(node, binding->path);
    if (!place)
        return value_is_present(old) ? read_missing(attribute, old, arena) : value_null(old.type);
    Value found = xml_map_read_object(xml_map_rows(attribute->nested), old, place, old.type,
                                      is_import, arena);
    /* A group whose places are all missing is read as null. */
    Value empty = object_or_empty(value_null(old.type), arena);
    return place == node && !value_is_present(old) && value_equal(found, empty)
               ? value_null(old.type)
               : found;
}

static Value xml_map_read_list(const Attribute *attribute, Value old, xmlNodePtr node,
                               bool is_import, Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    XmlRows rows = xml_map_rows(attribute->nested);
    XmlNodes nodes = nodes_of(binding, node, arena);
    size_t count = value_is_present(old) ? old.count : 0;
    xmlNodePtr *claimed = arena_new_array(arena, xmlNodePtr, count);
    ValueVec items = {0};
    if (count)
        claim_items(attribute, old, &nodes, claimed, arena);
    for (size_t i = 0; i < count; i++)
        if (claimed[i])
            vec_push(arena, &items,
                     xml_map_read_object(rows, value_at(old, i), claimed[i], old.type->element,
                                         is_import, arena));
    for (size_t n = 0; n < nodes.count && is_import; n++)
        if (nodes.items[n])
            vec_push(arena, &items,
                     xml_map_read_object(rows, value_null(old.type->element), nodes.items[n],
                                         old.type->element, true, arena));
    return items.count || value_is_present(old) ? nested_list_value(old.type, &items, arena)
                                                : value_null(old.type);
}

void xml_map_read(XmlRows rows, Value old, xmlNodePtr node, bool is_import, ObjectBuilder *builder,
                  Arena *arena) {
    for (size_t i = 0; i < rows.count; i++) {
        const Attribute *attribute = &rows.attributes[i];
        const Type *type = object_attribute_type(builder->type, attribute->name);
        Value now =
            value_is_present(old) ? object_attribute(old, attribute->name) : value_null(type);
        bool is_left_to_host = value_is_null(now) && !is_import && !(attribute->flags & COMPUTED);
        if (xml_map_is_by_hand(attribute) || is_left_to_host)
            continue;
        Value found = !attribute->nested ? read_leaf(attribute, now, node, arena)
                      : attribute->nested->nesting == NEST_SINGLE
                          ? xml_map_read_single(attribute, now, node, is_import, arena)
                          : xml_map_read_list(attribute, now, node, is_import, arena);
        object_builder_set(builder, attribute->name, found);
    }
}

static XmlChange sooner(XmlChange a, XmlChange b) {
    return a < b ? a : b;
}

static XmlChange change_of_object(XmlRows rows, Value prior, Value planned, Arena *arena) {
    XmlChange change = XML_UNCHANGED;
    for (size_t i = 0; i < rows.count; i++)
        change = sooner(change,
                        xml_map_change(&rows.attributes[i],
                                       object_attribute(prior, rows.attributes[i].name),
                                       object_attribute(planned, rows.attributes[i].name), arena));
    return change;
}

static XmlChange change_of_list(const Attribute *attribute, Value prior, Value planned,
                                Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    XmlChange change = XML_UNCHANGED;
    size_t count = value_is_present(planned) ? planned.count : 0;
    size_t kept = 0;
    size_t *pairs = xml_map_pair(attribute, prior, planned, arena);
    for (size_t i = 0; i < count; i++) {
        bool is_new = pairs[i] == SIZE_MAX;
        kept += !is_new;
        change = sooner(change, is_new ? binding->change
                                       : change_of_object(xml_map_rows(attribute->nested),
                                                          value_at(prior, pairs[i]),
                                                          value_at(planned, i), arena));
    }
    bool is_shorter = value_is_present(prior) && kept < prior.count;
    return is_shorter ? sooner(change, binding->change) : change;
}

XmlChange xml_map_change(const Attribute *attribute, Value prior, Value planned, Arena *arena) {
    const XmlBinding *binding = attribute->binding;
    bool is_known = value_is_wholly_known(prior) && value_is_wholly_known(planned);
    if (!binding || (is_known && value_equal(prior, planned)))
        return XML_UNCHANGED;
    if (!binding->path || !attribute->nested || !value_is_known(planned))
        return binding->change;
    if (attribute->nested->nesting != NEST_SINGLE)
        return change_of_list(attribute, prior, planned, arena);
    bool is_group = strcmp(binding->path, ".") == 0;
    if (!is_group && (!value_is_present(prior) || !value_is_present(planned)))
        return binding->change;
    return change_of_object(xml_map_rows(attribute->nested), object_or_empty(prior, arena),
                            object_or_empty(planned, arena), arena);
}
