/* xml_path: reads and writes values at a path below an element.
 *
 *     memoryBacking/hugepages/page/@size     an attribute
 *     os/firmware[@name='x']/@enabled        an attribute of the child with that name
 *     features/acpi!/@eoi                    "!": the element is kept when it becomes empty
 *     dnsmasq:options/option                 an element of another namespace
 *     .                                      the element itself
 *
 * Each step matches a direct child. Namespace prefixes are those of libvirt: dnsmasq, fs, lxc, qemu
 * and rbd. Functions without an arena modify or return nodes of the document, which owns them. */
#pragma once

#include "xml.h"

/* Returns the first element at the path, or NULL. The path's attribute, if any, is ignored. */
xmlNodePtr xml_path_find(xmlNodePtr node, const char *path);
/* Like xml_path_find, but adds missing elements, so never returns NULL. */
xmlNodePtr xml_path_need(xmlNodePtr node, const char *path);
/* Adds an element for the last step, even if one exists, and returns it. */
xmlNodePtr xml_path_add(xmlNodePtr node, const char *path);
/* Returns all elements that match the last step. Of each earlier step, only the first match counts.
 */
XmlNodes xml_path_all(xmlNodePtr node, const char *path, Arena *arena);
/* Returns a copy of the attribute or text at the path; empty if there is none. */
Str xml_path_get(xmlNodePtr node, const char *path, Arena *arena);
/* Sets the attribute or text at the path. An empty value removes it, and then each element of the
 * path that became empty. */
void xml_path_set(xmlNodePtr node, const char *path, Str value);
/* Removes the element at the path, and then each element of the path that became empty. */
void xml_path_remove(xmlNodePtr node, const char *path);
