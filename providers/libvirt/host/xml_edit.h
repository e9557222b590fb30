/* xml_edit: minimal edits of existing XML.
 *
 * A node that already has the wanted value is left untouched, so everything outside an update keeps
 * its position, attributes and children. */
#pragma once

#include "xml.h"

/* Sets the attribute, or removes it if the value is empty. */
void xml_edit_attribute(xmlNodePtr node, const char *attribute, Str value);
/* Sets the text of a child element, adding the element if needed; an empty text removes it. */
void xml_edit_text(xmlNodePtr parent, const char *name, Str text);
/* Sets an attribute of a child element. An empty value removes the attribute, and the element if it
 * becomes empty. */
void xml_edit_child(xmlNodePtr parent, const char *name, const char *attribute, Str value);
/* Adds or removes an empty child element. */
void xml_edit_flag(xmlNodePtr parent, const char *name, bool is_wanted);
/* Removes every match. */
void xml_edit_remove_all(xmlNodePtr node, const char *path);
/* Removes the element if it has neither attributes nor children. */
void xml_edit_remove_empty(xmlNodePtr node);
/* Compares texts without case, such as MAC addresses. */
bool xml_edit_same_text(Str a, Str b);
