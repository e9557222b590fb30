/* members: names and values on their way into an object or a map, in any order. A later value of a
 * name takes the place of the earlier one. */
#pragma once

#include "map.h"
#include "value.h"

typedef struct Members {
    Arena *arena;
    StrVec names;
    ValueVec items;
    Map places; /* name → index + 1 */
} Members;

Members members_new(Arena *arena);
void members_put(Members *members, Str name, Value item);
/* These take the arrays: nothing is put in after them. */
Value members_to_object(Members *members);
Value members_to_map(Members *members, const Type *element);
