/* Refinement: partial knowledge about an unknown value, with the rules of cty.
 *
 *   min, max                 of a number, inclusive; NULL: no bound
 *   length_min, length_max   of a list, set or map; length_max UINT32_MAX: no bound
 *   prefix                   of a string, in normal form; further text cannot change its characters
 *
 * The bounds hold if the value turns out not to be null. not_null means that the value is never
 * null. */
#pragma once

#include "value.h"

/* Returns the refinement without any knowledge. */
Refinement refinement_any(void);
/* Returns the refinement of a value; for a known value, its exact bounds, except the length of a
 * set with unknown members. Ignores marks. A null has no bounds. */
Refinement refinement_of(Value v, Arena *arena);
/* Returns an unknown with this refinement. If that determines a number, returns the number; if it
 * determines the length of a collection (at most 100000), returns that, with unknown elements. */
Value refinement_to_value(const Type *type, Refinement refinement, Arena *arena);
/* Returns an unknown that is not null. A dynamic type has no refinement. */
Value refinement_not_null(const Type *type, Arena *arena);
/* Returns the value refined as not null; the rest of its refinement stays. */
Value refinement_add_not_null(Value v, Arena *arena);
/* Returns true if the value is known not to be null. */
bool refinement_is_never_null(Value v);
/* Returns the refinement of a value that is one of two. As in Terraform, if their types are equal,
 * numbers keep bounds and collections keep lengths. */
Refinement refinement_join(Value a, Value b, Arena *arena);
/* Returns the number of elements as a number; if unknown, with bounds. `collection` is a list, set
 * or map. */
Value refinement_length(Value collection, Arena *arena);
