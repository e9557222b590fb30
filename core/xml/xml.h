/* xml: documents as trees, built and read. libxml2 escapes and parses; nothing is put together from
 * text. It reads no network and no external entity.
 *
 *     SCOPED(XmlDoc) doc = xml_new("pool");
 *     xml_set(xml_root(&doc), "type", STR("dir"));
 *     xml_add_text(xml_root(&doc), "name", name);
 *     const char *text = xml_print(&doc, arena);
 *
 * Nodes live as long as their document. */
#pragma once

#include "vec.h"

/* As libxml2 declares them; a file that reads their members includes its header. */
typedef struct _xmlDoc *xmlDocPtr;
typedef struct _xmlNode *xmlNodePtr;

typedef struct XmlDoc {
    xmlDocPtr tree;
} XmlDoc;

void xml_release(XmlDoc *doc);
SCOPED_TYPE(XmlDoc, xml_release);

typedef VEC(xmlNodePtr) XmlNodes;

/* Building. */

XmlDoc xml_new(const char *root);
xmlNodePtr xml_root(const XmlDoc *doc);
/* A child element at the end. */
xmlNodePtr xml_add(xmlNodePtr parent, const char *name);
xmlNodePtr xml_add_text(xmlNodePtr parent, const char *name, Str text);
xmlNodePtr xml_add_int(xmlNodePtr parent, const char *name, int64_t number);
void xml_set(xmlNodePtr node, const char *attribute, Str value);
void xml_set_int(xmlNodePtr node, const char *attribute, int64_t number);
/* Replaces what stands in the element. */
void xml_set_text(xmlNodePtr node, Str text);
void xml_remove(xmlNodePtr node);
/* Declares a namespace on the node and puts the node into it. */
void xml_set_namespace(xmlNodePtr node, const char *uri, const char *prefix);
/* The document, or one element of it, as text. */
const char *xml_print(const XmlDoc *doc, Arena *arena);
const char *xml_print_node(xmlNodePtr node, Arena *arena);

/* Reading. */

/* False: the text is no XML. Keeps blank text. */
MUST_USE bool xml_read(Str text, XmlDoc *out);
/* Same without blank text between elements; `text` is UTF-8. */
MUST_USE bool xml_parse(const char *text, XmlDoc *out);
/* Same, and frees the text, which a library allocated; NULL gives false. */
MUST_USE bool xml_take(char *text, XmlDoc *out);
/* XPath relative to a node. The first match, or NULL. */
xmlNodePtr xml_find(xmlNodePtr node, const char *path);
XmlNodes xml_find_all(xmlNodePtr node, const char *path, Arena *arena);
/* Text of the first match, an element or an attribute; empty when there is none. */
Str xml_get(xmlNodePtr node, const char *path, Arena *arena);
int64_t xml_get_int(xmlNodePtr node, const char *path, int64_t fallback);
/* By local names, whatever the namespaces. The first child element of that name, or NULL. */
xmlNodePtr xml_child(xmlNodePtr parent, const char *name);
/* The next element of the same name among the siblings, or NULL. */
xmlNodePtr xml_next(xmlNodePtr node);
bool xml_is_named(xmlNodePtr node, const char *name);
/* Text of that child; empty if there is none. */
Str xml_child_text(xmlNodePtr parent, const char *name, Arena *arena);

/* The element named so right below the node; added at the end when it is not there. */
xmlNodePtr xml_need(xmlNodePtr parent, const char *name);
