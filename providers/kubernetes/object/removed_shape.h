/* removed_shape: API versions and fields that projects have removed, and what replaces them. */
#pragma once

#include "object_key.h"
#include "path.h"

typedef struct RemovedField {
    Path path; /* in the manifest */
    Str text;  /* a sentence with the field that replaces it */
} RemovedField;
typedef VEC(RemovedField) RemovedFields;

/* Returns sentences that say which API version of the kind was removed and what replaces it; empty
 * if it is not known to be removed. A server of an older release may still serve it. */
Str removed_shape_version_problem(const ObjectKey *key, Arena *arena);
/* Returns the fields of the manifest that no version of its kind has, in the order of the table. */
RemovedFields removed_shape_fields(Value manifest, Arena *arena);
