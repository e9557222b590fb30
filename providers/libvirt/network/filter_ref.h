/* filter_ref: <filterref filter=><parameter name= value=/></filterref>, as filters and network
 * interfaces hold it; in a value {filter or name, parameters}. A list of values is the same
 * parameter several times. */
#pragma once

#include "object_builder.h"
#include "xml.h"

/* `name_key` is the attribute that holds the filter's name. */
void filter_ref_add(xmlNodePtr parent, Value reference, const char *name_key, Arena *arena);
/* Makes the reference below `parent` this one; a null one removes it. */
void filter_ref_edit(xmlNodePtr parent, Value reference, const char *name_key, Arena *arena);
/* The same for the element of the reference itself. */
void filter_ref_edit_node(xmlNodePtr node, Value reference, const char *name_key, Arena *arena);
/* Of the given object type. Parameters stay null where there are none. */
Value filter_ref_read(xmlNodePtr node, const Type *type, const char *name_key, Arena *arena);
