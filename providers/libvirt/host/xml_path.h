/* xml_path: finds and makes places below an element.
 *
 *     memoryBacking/hugepages/page/@size     an attribute
 *     os/firmware[@name='x']/@enabled        of the child with that attribute
 *     features/acpi!/@eoi                    "!": the element stays when it becomes empty
 *     dnsmasq:options/option                 an element of another namespace
 *     .                                      the element itself
 *
 * Steps match direct children. The namespaces are those of libvirt. */
#pragma once

#include "xml.h"

/* Returns the first element at the path, without its attribute; NULL if none. */
xmlNodePtr xml_path_find(xmlNodePtr node, const char *path);
/* Like xml_path_find, but adds the missing elements. */
xmlNodePtr xml_path_need(xmlNodePtr node, const char *path);
/* Adds a last element, even if there is one already. */
xmlNodePtr xml_path_add(xmlNodePtr node, const char *path);
/* Returns all elements of the last step below the first match of the others. */
XmlNodes xml_path_all(xmlNodePtr node, const char *path, Arena *arena);
/* Returns the attribute or the text at the path; empty if it does not exist. */
Str xml_path_get(xmlNodePtr node, const char *path, Arena *arena);
/* Sets the attribute or the text at the path. An empty value removes it, and the elements that
 * become empty. */
void xml_path_set(xmlNodePtr node, const char *path, Str value);
/* Removes the element at the path, and the elements around it that become empty. */
void xml_path_remove(xmlNodePtr node, const char *path);
