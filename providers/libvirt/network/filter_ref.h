/* filter_ref: the element <filterref filter=><parameter name= value=/></filterref> of filters and
 * network interfaces, and its value {filter or name, parameters}. A list of values repeats the
 * parameter. */
#pragma once

#include "object_builder.h"
#include "xml.h"

/* `name_key` is the attribute with the filter's name. */
void filter_ref_add(xmlNodePtr parent, Value reference, const char *name_key, Arena *arena);
/* Like filter_ref_edit, for the reference's element. */
void filter_ref_edit_node(xmlNodePtr node, Value reference, const char *name_key, Arena *arena);
/* Returns a value of the given object type; `parameters` is null if there are none. */
Value filter_ref_read(xmlNodePtr node, const Type *type, const char *name_key, Arena *arena);
