/* xml_merge: applies, reverts and verifies the items of "xml_merge". */
#include "xml_merge.h"

#include <libxml/tree.h>

#include "nested_list.h"
#include "xml_path.h"

static Str check_xml(Value value, Arena *arena) {
    SCOPED(XmlDoc) doc = {0};
    if (xml_parse(str_to_cstr(value_text(value), arena), &doc))
        return STR_EMPTY;
    return str_format(arena, "The value must be one XML element, such as <hub type='usb'/>.");
}

static Str xml_merge_check_path(Value value, Arena *arena) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                  "-_./:[]@='";
    Str text = value_text(value);
    bool is_path = text.len > 0 && text.ptr[0] != '/';
    for (size_t i = 0; i < text.len; i++)
        is_path &= strchr(allowed, text.ptr[i]) != NULL;
    if (is_path)
        return STR_EMPTY;
    return str_format(arena,
                      "The value must be a path such as devices, or . for the whole object.");
}

/* clang-format off */
const Attribute xml_merge_attributes[] = {
    {"path", &TYPE_STRING, REQUIRED,
     "Path of the parent element, such as devices or os; . for the root element.",
     .check = xml_merge_check_path},
    {"xml", &TYPE_STRING, REQUIRED, "The XML element.", .check = check_xml},
    {"mode", &TYPE_STRING, OPTIONAL,
     "How the element is merged: merge (default) changes the first element of that name or adds it, append adds the element unless an equal one exists, remove removes an equal element.",
     .one_of = "merge append remove"},
};
/* clang-format on */

static bool has_attributes(xmlNodePtr node, xmlNodePtr wanted) {
    for (const xmlAttr *attribute = wanted->properties; attribute; attribute = attribute->next) {
        xmlChar *value = xmlNodeListGetString(wanted->doc, attribute->children, 1);
        xmlChar *found = xmlGetNoNsProp(node, attribute->name);
        bool is_same = value && found && xmlStrEqual(value, found);
        xmlFree(value);
        xmlFree(found);
        if (!is_same)
            return false;
    }
    return true;
}

static xmlNodePtr xml_merge_find_like(xmlNodePtr parent, xmlNodePtr wanted);

static bool xml_merge_is_text(xmlNodePtr node) {
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

/* Returns whether the element contains the name, attributes, text and children of `wanted`. It may
 * contain more. */
static bool is_like(xmlNodePtr node, xmlNodePtr wanted) {
    if (node->type != XML_ELEMENT_NODE || !xmlStrEqual(node->name, wanted->name) ||
        !has_attributes(node, wanted))
        return false;
    for (xmlNodePtr child = wanted->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE && !xml_merge_find_like(node, child))
            return false;
        if (!xml_merge_is_text(child))
            continue;
        xmlChar *text = xmlNodeGetContent(node);
        bool is_same = xmlStrEqual(text, child->content);
        xmlFree(text);
        if (!is_same)
            return false;
    }
    return true;
}

static xmlNodePtr xml_merge_find_like(xmlNodePtr parent, xmlNodePtr wanted) {
    for (xmlNodePtr node = parent->children; node; node = node->next)
        if (is_like(node, wanted))
            return node;
    return NULL;
}

static xmlNodePtr xml_merge_find_named(xmlNodePtr parent, xmlNodePtr wanted) {
    for (xmlNodePtr node = parent->children; node; node = node->next)
        if (node->type == XML_ELEMENT_NODE && xmlStrEqual(node->name, wanted->name))
            return node;
    return NULL;
}

static void xml_merge_append(xmlNodePtr parent, xmlNodePtr wanted) {
    xmlNodePtr copy = xmlDocCopyNode(wanted, parent->doc, 1);
    CHECK(copy != NULL);
    xmlAddChild(parent, copy);
}

static void xml_merge_children(xmlNodePtr parent, xmlNodePtr wanted) {
    xmlNodePtr node = xml_merge_find_named(parent, wanted);
    if (!node) {
        xml_merge_append(parent, wanted);
        return;
    }
    for (const xmlAttr *attribute = wanted->properties; attribute; attribute = attribute->next) {
        xmlChar *value = xmlNodeListGetString(wanted->doc, attribute->children, 1);
        (void)xmlSetProp(node, attribute->name, value);
        xmlFree(value);
    }
    for (xmlNodePtr child = wanted->children; child; child = child->next) {
        if (child->type == XML_ELEMENT_NODE)
            xml_merge_children(node, child);
        else if (xml_merge_is_text(child))
            xml_set_text(node, str_from_cstr((const char *)child->content));
    }
}

static void remove_like(xmlNodePtr parent, xmlNodePtr wanted) {
    xmlNodePtr node = xml_merge_find_like(parent, wanted);
    if (node)
        xml_remove(node);
}

/* Returns whether the element has children other than <address> and <alias>, which libvirt adds to
 * devices. */
static bool xml_merge_has_content(xmlNodePtr node) {
    for (xmlNodePtr child = node->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE && !str_equal(xml_name(child), STR("address")) &&
            !str_equal(xml_name(child), STR("alias")))
            return true;
    return false;
}

/* Removes the attributes and children that a merge set. Does nothing if they were changed since. */
static void revert(xmlNodePtr parent, xmlNodePtr wanted) {
    xmlNodePtr node = xml_merge_find_like(parent, wanted);
    if (!node)
        return;
    for (const xmlAttr *attribute = wanted->properties; attribute; attribute = attribute->next)
        (void)xmlUnsetProp(node, attribute->name);
    for (xmlNodePtr child = wanted->children; child; child = child->next)
        if (child->type == XML_ELEMENT_NODE)
            revert(node, child);
    if (!node->properties && !xml_merge_has_content(node))
        xml_remove(node);
}

typedef struct Item {
    const char *path;
    Str mode;
    XmlDoc doc;
} Item;

static bool xml_merge_read_item(Value value, Item *out, Arena *arena) {
    *out = (Item){
        .path = str_to_cstr(object_text(value, "path", STR(".")), arena),
        .mode = object_text(value, "mode", STR("merge")),
    };
    return value_is_present(value) &&
           xml_parse(str_to_cstr(object_text(value, "xml", STR_EMPTY), arena), &out->doc);
}

static bool is_removal(const Item *item) {
    return str_equal(item->mode, STR("remove"));
}

static void xml_merge_apply_item(Value value, xmlNodePtr root, Arena *arena) {
    Item item;
    if (!xml_merge_read_item(value, &item, arena))
        return;
    xmlNodePtr wanted = xml_root(&item.doc);
    xmlNodePtr parent =
        is_removal(&item) ? xml_path_find(root, item.path) : xml_path_need(root, item.path);
    if (parent && is_removal(&item))
        remove_like(parent, wanted);
    else if (parent && str_equal(item.mode, STR("merge")))
        xml_merge_children(parent, wanted);
    else if (parent && !xml_merge_find_like(parent, wanted))
        xml_merge_append(parent, wanted);
    xml_release(&item.doc);
}

static void revert_item(Value value, xmlNodePtr root, Arena *arena) {
    Item item;
    if (!xml_merge_read_item(value, &item, arena))
        return;
    xmlNodePtr parent = xml_path_find(root, item.path);
    if (parent && str_equal(item.mode, STR("append")))
        remove_like(parent, xml_root(&item.doc));
    else if (parent && !is_removal(&item))
        revert(parent, xml_root(&item.doc));
    xml_release(&item.doc);
}

static bool xml_merge_list_has(Value list, Value item) {
    for (size_t i = 0; value_is_present(list) && i < list.count; i++)
        if (value_equal(value_at(list, i), item))
            return true;
    return false;
}

void xml_merge_edit(Value prior, Value planned, xmlNodePtr root, Arena *arena) {
    Value before = object_attribute(prior, "xml_merge");
    Value after = object_attribute(planned, "xml_merge");
    for (size_t i = 0; value_is_present(before) && i < before.count; i++)
        if (!xml_merge_list_has(after, value_at(before, i)))
            revert_item(value_at(before, i), root, arena);
    for (size_t i = 0; value_is_present(after) && i < after.count; i++)
        xml_merge_apply_item(value_at(after, i), root, arena);
}

static bool is_applied(Value value, xmlNodePtr root, Arena *arena) {
    Item item;
    if (!xml_merge_read_item(value, &item, arena))
        return false;
    xmlNodePtr parent = xml_path_find(root, item.path);
    bool is_found = parent && xml_merge_find_like(parent, xml_root(&item.doc));
    bool is_removed = is_removal(&item);
    xml_release(&item.doc);
    return is_found != is_removed;
}

void xml_merge_read(ObjectBuilder *builder, Value state, xmlNodePtr root, Arena *arena) {
    Value list = object_attribute(state, "xml_merge");
    ValueVec kept = {0};
    if (!value_is_present(list))
        return;
    for (size_t i = 0; i < list.count; i++)
        if (is_applied(value_at(list, i), root, arena))
            vec_push(arena, &kept, value_at(list, i));
    object_builder_set(builder, "xml_merge", nested_list_value(list.type, &kept, arena));
}
