/* NamedObjects: a directory of a remote store, which keeps named objects and replaces each as a
 * whole. Below saved plans (plan_store.h), and below a journal (object_segments.h) if it has
 * `create`.
 *
 * On failure, calls return false with *problem, the end of a sentence. */
#pragma once

#include "vec.h"

typedef struct NamedObjects {
    void *self;
    Str name;          /* for messages */
    size_t piece_size; /* the most bytes of a piece of a plan; 0: PLAN_STORE_PIECE */
    /* Lists the keys of all objects. */
    bool (*list)(void *self, StrVec *out, Str *problem, Arena *arena);
    /* *found is false if the object does not exist. */
    bool (*get)(void *self, Str key, Str *out, bool *found, Str *problem, Arena *arena);
    /* Creates or replaces the object atomically; it is durable when the call returns. */
    bool (*put)(void *self, Str key, Str bytes, Str *problem, Arena *arena);
    /* Succeeds if the object does not exist. */
    bool (*drop)(void *self, Str key, Str *problem, Arena *arena);
    /* Creates the object on condition that it does not exist; an object with the same bytes, of an
     * earlier attempt whose reply was lost, counts as created. If another object exists, returns
     * false with *exists. Must fail once the lock is lost. NULL: not supported. */
    bool (*create)(void *self, Str key, Str bytes, bool *exists, Str *problem, Arena *arena);
} NamedObjects;
