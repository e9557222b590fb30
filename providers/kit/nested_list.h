/* nested_list: list attributes of an object, of nested objects or of text, read and built. Null and
 * unknown lists have no items. */
#pragma once

#include "object_builder.h"

size_t nested_list_count(Value object, const char *name);
/* Item i of the list attribute. */
Value nested_list_at(Value object, const char *name, size_t i);
/* Strings of a list attribute; unknown and null ones are left out. */
StrVec nested_list_texts(Value object, const char *name, Arena *arena);
/* The type of the list's items. */
const Type *nested_list_element(const Type *object, const char *name);

/* A list of these values; `type` is the list's. Copies. */
Value nested_list_value(const Type *type, const ValueVec *values, Arena *arena);
Value nested_list_of_texts(const StrVec *texts, Arena *arena);
