/* xml_edit: edits existing XML. */
#include "xml_edit.h"

#include <libxml/tree.h>
#include <strings.h>

#define XML_TEXT(literal_or_cstr) ((const xmlChar *)(literal_or_cstr))

void xml_edit_attribute(xmlNodePtr node, const char *attribute, Str value) {
    xmlChar *now = xmlGetNoNsProp(node, XML_TEXT(attribute));
    bool is_same = now ? str_equal_cstr(value, (const char *)now) : value.len == 0;
    xmlFree(now);
    if (is_same)
        return;
    if (value.len)
        xml_set(node, attribute, value);
    else
        (void)xmlUnsetProp(node, XML_TEXT(attribute));
}

void xml_edit_text(xmlNodePtr parent, const char *name, Str text) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    if (!text.len) {
        xml_edit_remove_all(parent, name);
        return;
    }
    xmlNodePtr node = xml_need(parent, name);
    if (!str_equal(xml_get(node, ".", scratch), text))
        xml_set_text(node, text);
}

void xml_edit_child(xmlNodePtr parent, const char *name, const char *attribute, Str value) {
    xmlNodePtr node = value.len ? xml_need(parent, name) : xml_find(parent, name);
    if (!node)
        return;
    xml_edit_attribute(node, attribute, value);
    xml_edit_remove_empty(node);
}

void xml_edit_flag(xmlNodePtr parent, const char *name, bool is_wanted) {
    if (is_wanted)
        (void)xml_need(parent, name);
    else
        xml_edit_remove_all(parent, name);
}

void xml_edit_remove_all(xmlNodePtr node, const char *path) {
    xmlNodePtr found = xml_find(node, path);
    while (found) {
        xml_remove(found);
        found = xml_find(node, path);
    }
}

void xml_edit_remove_empty(xmlNodePtr node) {
    if (!node->properties && !node->children)
        xml_remove(node);
}

bool xml_edit_same_text(Str a, Str b) {
    return a.len == b.len && strncasecmp(a.ptr, b.ptr, a.len) == 0;
}
