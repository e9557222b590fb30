/* object_texts: maps of strings, in attributes and in objects: labels, annotations, data. */
#pragma once

#include "value.h"

/* A null or unknown argument is an empty map. Results are maps of strings. */

/* Returns the members of `live` whose keys `stored` has too; null if `stored` is null. Members that
 * others added are not ours. */
Value object_texts_kept(Value stored, Value live, Arena *arena);
/* Returns the members of `live` that users set, without those of Kubernetes itself
 * ("kubernetes.io/metadata.name") and our mark; null if there are none. For imports. */
Value object_texts_settings(Value live, Arena *arena);
/* Return a map with each value in base64, or decoded from it. Unknown values stay unknown; a value
 * that is not base64 is left out. */
Value object_texts_encode(Value texts, Arena *arena);
Value object_texts_decode(Value texts, Arena *arena);
/* Returns a map with the members of both; of a key in both, that of `b`. An unknown argument makes
 * the result unknown; it is null if both are. */
Value object_texts_union(Value a, Value b, Arena *arena);
/* The check of an attribute whose values are base64. The error names a key, and no value. */
Str object_texts_check_base64(Value texts, Arena *arena);
