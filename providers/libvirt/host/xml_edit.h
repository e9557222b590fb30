/* xml_edit: changes of an existing description, as small as possible.
 *
 * Every function leaves a node untouched that already has the wanted value: what an update does not
 * name keeps its place, its attributes and its children. */
#pragma once

#include "xml.h"

/* Sets the attribute, or removes it if the value is empty. */
void xml_edit_attribute(xmlNodePtr node, const char *attribute, Str value);
/* The text of the child element of that name, which is added where missing; an empty text removes
 * the element. */
void xml_edit_text(xmlNodePtr parent, const char *name, Str text);
/* One attribute of the child element of that name. An empty value removes the attribute, and the
 * element with it once nothing is left in there. */
void xml_edit_child(xmlNodePtr parent, const char *name, const char *attribute, Str value);
/* An empty child element that is there or not. */
void xml_edit_flag(xmlNodePtr parent, const char *name, bool is_wanted);
/* Removes every match. */
void xml_edit_remove_all(xmlNodePtr node, const char *path);
/* Removes the element if it has neither attributes nor children. */
void xml_edit_remove_empty(xmlNodePtr node);
