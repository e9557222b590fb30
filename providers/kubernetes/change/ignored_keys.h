/* IgnoredKeys: labels and annotations that other systems may set without any effect on plan and
 * state: ignore_labels and ignore_annotations of the provider. Those that the manifest has are not
 * ignored.
 * Any thread may use it. */
#pragma once

#include "field_set.h"

typedef struct IgnoredKeys IgnoredKeys;

/* Compiles regular expressions, which match any part of a key. On failure returns NULL; then *bad
 * is the index of the expression, counted over both lists, and *problem a phrase. */
IgnoredKeys *ignored_keys_open(const StrVec *annotations, const StrVec *labels, size_t *bad,
                               Str *problem, Arena *run);
/* Releases the compiled expressions, but no memory of `run`. NULL: does nothing. */
void ignored_keys_close(IgnoredKeys *ignored);

/* Returns the object without these keys, except those that `kept`, a manifest or an object, has
 * too. `ignored` NULL: none. */
Value ignored_keys_remove(IgnoredKeys *ignored, Value object, Value kept, Arena *arena);
/* Returns the same keys as fields of the object. */
const FieldSet *ignored_keys_fields(IgnoredKeys *ignored, Value object, Value kept, Arena *arena);
