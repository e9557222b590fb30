/* Builds and reads XML trees with libxml2. */
#include "xml.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>

#define XML_TEXT(literal_or_cstr) ((const xmlChar *)(literal_or_cstr))

void xml_release(XmlDoc *doc) {
    if (doc->tree)
        xmlFreeDoc(doc->tree);
    doc->tree = NULL;
}

XmlDoc xml_new(const char *root) {
    XmlDoc doc = {.tree = xmlNewDoc(XML_TEXT("1.0"))};
    CHECK(doc.tree != NULL);
    xmlDocSetRootElement(doc.tree, xmlNewDocNode(doc.tree, NULL, XML_TEXT(root), NULL));
    return doc;
}

xmlNodePtr xml_root(const XmlDoc *doc) {
    return xmlDocGetRootElement(doc->tree);
}

xmlNodePtr xml_add(xmlNodePtr parent, const char *name) {
    /* The element gets no namespace, even below an element that has one. */
    xmlNodePtr node = xmlNewDocNode(parent->doc, NULL, XML_TEXT(name), NULL);
    CHECK(node != NULL);
    return xmlAddChild(parent, node);
}

xmlNodePtr xml_add_text(xmlNodePtr parent, const char *name, Str text) {
    xmlNodePtr node = xml_add(parent, name);
    xml_set_text(node, text);
    return node;
}

xmlNodePtr xml_add_int(xmlNodePtr parent, const char *name, int64_t number) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    return xml_add_text(parent, name, str_format(scratch, "%lld", (long long)number));
}

void xml_set(xmlNodePtr node, const char *attribute, Str value) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    CHECK(xmlSetProp(node, XML_TEXT(attribute), XML_TEXT(str_to_cstr(value, scratch))) != NULL);
}

void xml_set_text(xmlNodePtr node, Str text) {
    while (node->children)
        xml_remove(node->children);
    xmlNodePtr content = xmlNewDocTextLen(node->doc, XML_TEXT(text.ptr), (int)text.len);
    CHECK(content != NULL);
    xmlAddChild(node, content);
}

void xml_remove(xmlNodePtr node) {
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

void xml_set_namespace(xmlNodePtr node, const char *uri, const char *prefix) {
    xmlNsPtr space = xmlNewNs(node, XML_TEXT(uri), XML_TEXT(prefix));
    CHECK(space != NULL);
    xmlSetNs(node, space);
}

const char *xml_print_node(xmlNodePtr node, Arena *arena) {
    xmlBufferPtr buffer = xmlBufferCreate();
    CHECK(buffer != NULL);
    CHECK(xmlNodeDump(buffer, node->doc, node, 0, 1) >= 0);
    const char *text = str_to_cstr(str_from_cstr((const char *)xmlBufferContent(buffer)), arena);
    xmlBufferFree(buffer);
    return text;
}

const char *xml_print(const XmlDoc *doc, Arena *arena) {
    return xml_print_node(xml_root(doc), arena);
}

static bool xml_parse_with(Str text, const char *encoding, int options, XmlDoc *out) {
    options |= XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    if (text.len == 0 || text.len > INT32_MAX)
        return false;
    xmlDocPtr tree = xmlReadMemory(text.ptr, (int)text.len, NULL, encoding, options);
    if (!tree)
        return false;
    if (!xmlDocGetRootElement(tree)) {
        xmlFreeDoc(tree);
        return false;
    }
    out->tree = tree;
    return true;
}

bool xml_read(Str text, XmlDoc *out) {
    return xml_parse_with(text, NULL, 0, out);
}

bool xml_parse(const char *text, XmlDoc *out) {
    return xml_parse_with(str_from_cstr(text), "UTF-8", XML_PARSE_NOBLANKS, out);
}

bool xml_take(char *text, XmlDoc *out) {
    if (!text)
        return false;
    bool parsed = xml_parse(text, out);
    free(text);
    return parsed;
}

Str xml_name(xmlNodePtr node) {
    return str_from_cstr((const char *)node->name);
}

static xmlXPathObjectPtr xml_evaluate(xmlNodePtr node, const char *path) {
    xmlXPathContextPtr context = xmlXPathNewContext(node->doc);
    CHECK(context != NULL);
    xmlXPathObjectPtr found = xmlXPathNodeEval(node, XML_TEXT(path), context);
    xmlXPathFreeContext(context);
    CHECK(found != NULL); /* paths are constants of loam */
    return found;
}

static size_t found_count(xmlXPathObjectPtr found) {
    return found->nodesetval && found->nodesetval->nodeNr > 0 ? (size_t)found->nodesetval->nodeNr
                                                              : 0;
}

xmlNodePtr xml_find(xmlNodePtr node, const char *path) {
    xmlXPathObjectPtr found = xml_evaluate(node, path);
    xmlNodePtr first = found_count(found) ? found->nodesetval->nodeTab[0] : NULL;
    xmlXPathFreeObject(found);
    return first;
}

XmlNodes xml_find_all(xmlNodePtr node, const char *path, Arena *arena) {
    XmlNodes nodes = {0};
    xmlXPathObjectPtr found = xml_evaluate(node, path);
    size_t count = found_count(found);
    for (size_t i = 0; i < count; i++)
        vec_push(arena, &nodes, found->nodesetval->nodeTab[i]);
    xmlXPathFreeObject(found);
    return nodes;
}

static Str xml_content_of(xmlNodePtr node, Arena *arena) {
    xmlChar *content = node ? xmlNodeGetContent(node) : NULL;
    if (!content)
        return STR_EMPTY;
    Str text = str_clone(str_from_cstr((const char *)content), arena);
    xmlFree(content);
    return text;
}

Str xml_get(xmlNodePtr node, const char *path, Arena *arena) {
    return xml_content_of(xml_find(node, path), arena);
}

int64_t xml_get_int(xmlNodePtr node, const char *path, int64_t fallback) {
    SCOPED(ArenaRef) scratch = arena_open("xml");
    int64_t number = 0;
    return str_to_int64(str_trim(xml_get(node, path, scratch)), &number) ? number : fallback;
}

xmlNodePtr xml_need(xmlNodePtr parent, const char *name) {
    xmlNodePtr child = xml_find(parent, name);
    return child ? child : xml_add(parent, name);
}
