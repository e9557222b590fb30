/* object_mark: the annotation loam.internal/owner, "LINEAGE ADDRESS", which names the state and the
 * resource instance that an object belongs to. */
#pragma once

#include "value.h"

#define OBJECT_MARK "loam.internal/owner"

typedef struct ObjectMark {
    Str text;    /* the whole annotation; empty: the object has none */
    Str lineage; /* of the state */
    Str address; /* of the resource instance */
} ObjectMark;

ObjectMark object_mark_of(Value object);
/* Returns whether the object has the mark of this instance. */
bool object_mark_is(Value object, Str lineage, Str address);
Str object_mark_text(Str lineage, Str address, Arena *arena);
/* Returns the object with this mark; an empty text removes it. */
Value object_mark_set(Value object, Str text, Arena *arena);
/* Returns the object with a mark that is not known yet: a state gets its lineage with its first
 * write. */
Value object_mark_set_unknown(Value object, Arena *arena);
