/* xml: builds and reads documents as trees. libxml2 escapes and parses; no XML is concatenated from
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

/* Declared as in libxml2; a file that reads their members includes its header. */
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
/* Append a child element. */
xmlNodePtr xml_add(xmlNodePtr parent, const char *name);
xmlNodePtr xml_add_text(xmlNodePtr parent, const char *name, Str text);
xmlNodePtr xml_add_int(xmlNodePtr parent, const char *name, int64_t number);
void xml_set(xmlNodePtr node, const char *attribute, Str value);
/* Replaces the content of the element. */
void xml_set_text(xmlNodePtr node, Str text);
void xml_remove(xmlNodePtr node);
/* Declares a namespace on the node and moves the node into it. */
void xml_set_namespace(xmlNodePtr node, const char *uri, const char *prefix);
/* Return the document, or one element of it, as text. */
const char *xml_print(const XmlDoc *doc, Arena *arena);
const char *xml_print_node(xmlNodePtr node, Arena *arena);

/* Reading. */

/* Returns false if the text is not XML. Keeps white space. */
MUST_USE bool xml_read(Str text, XmlDoc *out);
/* Like xml_read, but drops blank text between elements; `text` is UTF-8. */
MUST_USE bool xml_parse(const char *text, XmlDoc *out);
/* Like xml_parse, and frees the text, which a library allocated; NULL gives false. */
MUST_USE bool xml_take(char *text, XmlDoc *out);
/* Returns the name of the element, without a prefix; valid as long as the node. */
Str xml_name(xmlNodePtr node);
/* Return the first match, or all matches, of an XPath relative to the node; NULL or empty if none.
 * An invalid XPath aborts: it must not come from input. */
xmlNodePtr xml_find(xmlNodePtr node, const char *path);
XmlNodes xml_find_all(xmlNodePtr node, const char *path, Arena *arena);
/* Returns the text of the first match, an element or an attribute; empty if none. */
Str xml_get(xmlNodePtr node, const char *path, Arena *arena);
int64_t xml_get_int(xmlNodePtr node, const char *path, int64_t fallback);

/* Returns the first match below `parent`; appends an element of that name if there is none. */
xmlNodePtr xml_need(xmlNodePtr parent, const char *name);
