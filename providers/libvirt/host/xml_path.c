/* xml_path: parses a path step by step; finds, adds and removes elements. */
#include "xml_path.h"

#include <libxml/tree.h>

#include "xml_edit.h"

/* One step of a path. */
typedef struct Step {
    Str prefix;
    Str name;
    Str key; /* attribute of the predicate; empty: none */
    Str value;
    bool keeps_empty;
} Step;

static const struct {
    const char *prefix;
    const char *uri;
} namespaces[] = {
    {"dnsmasq", "http://libvirt.org/schemas/network/dnsmasq/1.0"},
    {"fs", "http://libvirt.org/schemas/storagepool/fs/1.0"},
    {"lxc", "http://libvirt.org/schemas/domain/lxc/1.0"},
    {"qemu", "http://libvirt.org/schemas/domain/qemu/1.0"},
    {"rbd", "http://libvirt.org/schemas/storagepool/rbd/1.0"},
};

static Str until(Str text, const char *stops) {
    size_t length = 0;
    while (length < text.len && !strchr(stops, text.ptr[length]))
        length++;
    return str_slice(text, 0, length);
}

static Str xml_path_skip(Str text, size_t length) {
    return str_slice(text, length, text.len);
}

/* Reads the predicate "@key='value']" into the step. Returns the text after it. */
static Str read_predicate(Str rest, Step *step) {
    rest = xml_path_skip(rest, 1);
    step->key = until(rest, "=");
    rest = xml_path_skip(rest, step->key.len + 2);
    step->value = until(rest, "'");
    return xml_path_skip(rest, step->value.len + 2);
}

/* Reads the next step of *path. Returns false at the end, and at an attribute. */
static bool xml_path_next_step(Str *path, Step *step) {
    if (path->len == 0 || path->ptr[0] == '@' || str_equal(*path, STR(".")))
        return false;
    *step = (Step){.name = until(*path, "/[!")};
    Str rest = xml_path_skip(*path, step->name.len);
    size_t colon = str_find_char(step->name, ':', 0);
    if (colon != SIZE_MAX) {
        step->prefix = str_slice(step->name, 0, colon);
        step->name = xml_path_skip(step->name, colon + 1);
    }
    if (str_starts_with(rest, STR("[@")))
        rest = read_predicate(xml_path_skip(rest, 1), step);
    step->keeps_empty = str_starts_with(rest, STR("!"));
    if (step->keeps_empty)
        rest = xml_path_skip(rest, 1);
    *path = str_starts_with(rest, STR("/")) ? xml_path_skip(rest, 1) : rest;
    return true;
}

static bool has_value(xmlNodePtr node, Str attribute, Str value) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    xmlChar *found = xmlGetNoNsProp(node, (const xmlChar *)str_to_cstr(attribute, scratch));
    bool is_same = found && str_equal_cstr(value, (const char *)found);
    xmlFree(found);
    return is_same;
}

static bool xml_path_matches(xmlNodePtr node, const Step *step) {
    return node->type == XML_ELEMENT_NODE && str_equal_cstr(step->name, (const char *)node->name) &&
           (!step->key.len || has_value(node, step->key, step->value));
}

static xmlNodePtr xml_path_find_child(xmlNodePtr parent, const Step *step) {
    for (xmlNodePtr node = parent->children; node; node = node->next)
        if (xml_path_matches(node, step))
            return node;
    return NULL;
}

/* Sets the element's namespace, and declares it on the root, where libvirt prints it. */
static void set_namespace(xmlNodePtr node, Str prefix) {
    xmlNodePtr root = xmlDocGetRootElement(node->doc);
    for (size_t i = 0; i < ARRAY_COUNT(namespaces); i++) {
        if (!str_equal_cstr(prefix, namespaces[i].prefix))
            continue;
        const xmlChar *uri = (const xmlChar *)namespaces[i].uri;
        xmlNsPtr space = xmlSearchNsByHref(node->doc, root, uri);
        if (!space)
            space = xmlNewNs(root, uri, (const xmlChar *)namespaces[i].prefix);
        CHECK(space != NULL);
        xmlSetNs(node, space);
    }
}

static xmlNodePtr add_child(xmlNodePtr parent, const Step *step) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    xmlNodePtr node = xml_add(parent, str_to_cstr(step->name, scratch));
    if (step->key.len)
        xml_set(node, str_to_cstr(step->key, scratch), step->value);
    if (step->prefix.len)
        set_namespace(node, step->prefix);
    return node;
}

xmlNodePtr xml_path_find(xmlNodePtr node, const char *path) {
    Str rest = str_from_cstr(path);
    Step step;
    while (node && xml_path_next_step(&rest, &step))
        node = xml_path_find_child(node, &step);
    return node;
}

xmlNodePtr xml_path_need(xmlNodePtr node, const char *path) {
    Str rest = str_from_cstr(path);
    Step step;
    while (xml_path_next_step(&rest, &step)) {
        xmlNodePtr child = xml_path_find_child(node, &step);
        node = child ? child : add_child(node, &step);
    }
    return node;
}

xmlNodePtr xml_path_add(xmlNodePtr node, const char *path) {
    Str rest = str_from_cstr(path);
    Step step;
    while (xml_path_next_step(&rest, &step)) {
        xmlNodePtr child = rest.len ? xml_path_find_child(node, &step) : NULL;
        node = child ? child : add_child(node, &step);
    }
    return node;
}

XmlNodes xml_path_all(xmlNodePtr node, const char *path, Arena *arena) {
    XmlNodes nodes = {0};
    Str rest = str_from_cstr(path);
    Step step;
    while (node && xml_path_next_step(&rest, &step) && rest.len)
        node = xml_path_find_child(node, &step);
    for (xmlNodePtr child = node ? node->children : NULL; child; child = child->next)
        if (xml_path_matches(child, &step))
            vec_push(arena, &nodes, child);
    return nodes;
}

/* Returns the name of the attribute at the end of the path; NULL if it names an element. */
static const char *attribute_of(const char *path) {
    const char *last = strrchr(path, '/');
    last = last ? last + 1 : path;
    return *last == '@' ? last + 1 : NULL;
}

Str xml_path_get(xmlNodePtr node, const char *path, Arena *arena) {
    const char *attribute = attribute_of(path);
    xmlNodePtr place = xml_path_find(node, path);
    xmlChar *found = NULL;
    if (place && attribute)
        found = xmlGetNoNsProp(place, (const xmlChar *)attribute);
    else if (place)
        found = xmlNodeGetContent(place);
    Str text = found ? str_clone(str_from_cstr((const char *)found), arena) : STR_EMPTY;
    xmlFree(found);
    return text;
}

/* Returns whether the element has no content except the attribute of its predicate. */
static bool xml_path_is_empty(xmlNodePtr node, const Step *step) {
    if (step->keeps_empty || node->children)
        return false;
    const xmlAttr *only = node->properties;
    return !only ||
           (step->key.len && !only->next && str_equal_cstr(step->key, (const char *)only->name));
}

/* Removes the elements of the path that became empty, the innermost first. */
static void xml_path_prune(xmlNodePtr node, Str path) {
    Step step;
    if (!xml_path_next_step(&path, &step))
        return;
    xmlNodePtr child = xml_path_find_child(node, &step);
    if (!child)
        return;
    xml_path_prune(child, path);
    if (xml_path_is_empty(child, &step))
        xml_remove(child);
}

void xml_path_set(xmlNodePtr node, const char *path, Str value) {
    const char *attribute = attribute_of(path);
    if (!attribute && !value.len) {
        xml_path_remove(node, path);
        return;
    }
    xmlNodePtr place = value.len ? xml_path_need(node, path) : xml_path_find(node, path);
    if (!place)
        return;
    SCOPED(ArenaRef) scratch = arena_open("xml");
    if (attribute)
        xml_edit_attribute(place, attribute, value);
    else if (!str_equal(xml_path_get(place, ".", scratch), value))
        xml_set_text(place, value);
    if (!value.len)
        xml_path_prune(node, str_from_cstr(path));
}

void xml_path_remove(xmlNodePtr node, const char *path) {
    xmlNodePtr place = xml_path_find(node, path);
    if (!place || place == node)
        return;
    xml_remove(place);
    xml_path_prune(node, str_from_cstr(path));
}
