/* Refinement: what is known of a value that is not known yet, with the rules of cty.
 *
 *   min, max                 of a number, inclusive; NULL: no bound
 *   length_min, length_max   of a list, set or map; length_max UINT32_MAX: no bound
 *   prefix                   of a string, in normal form; further text cannot change its characters
 *
 * Bounds hold if the value turns out not to be null; not_null says that it cannot be. */
#pragma once

#include "value.h"

/* Nothing is known. */
Refinement refinement_any(void);
/* What is known of a value, known or not; of a known one as closely as a refinement can say it.
 * Its marks do not matter. The bounds of a null are those of nothing. */
Refinement refinement_of(Value v, Arena *arena);
/* The unknown of that type, or the value itself if no other fits. */
Value refinement_to_value(const Type *type, Refinement refinement, Arena *arena);
/* Of a dynamic type nothing can be known; *of others: an unknown that is not null. */
Value refinement_not_null(const Type *type, Arena *arena);
/* The same value, known not to be null; what is known stays as it is. */
Value refinement_add_not_null(Value v, Arena *arena);
/* Is it known that the value is not null? */
bool refinement_is_never_null(Value v);
/* What is known of a value that is one of two. Of both types alone, as upstream: numbers keep their
 * bounds, collections of one type their lengths. */
Refinement refinement_join(Value a, Value b, Arena *arena);
/* The number of elements as a number, perhaps unknown with bounds. `collection` is a list, set or
 * map. */
Value refinement_length(Value collection, Arena *arena);
