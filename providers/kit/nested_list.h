/* nested_list: reads and builds list attributes of nested objects or strings. Null and unknown
 * lists are empty. */
#pragma once

#include "object_builder.h"

size_t nested_list_count(Value object, const char *name);
/* Returns item i of the list attribute; i is below the count. */
Value nested_list_at(Value object, const char *name, size_t i);
/* Returns the strings of a list attribute, without unknown and null ones. */
StrVec nested_list_texts(Value object, const char *name, Arena *arena);
/* Returns the type of the list's items. */
const Type *nested_list_element(const Type *object, const char *name);

/* Returns a list of these values; `type` is the list's type. */
Value nested_list_value(const Type *type, const ValueVec *values, Arena *arena);
Value nested_list_of_texts(const StrVec *texts, Arena *arena);
