/* object_drift: the changes of an object since the state was written, with the owner of each
 * changed field, from metadata.managedFields. */
#pragma once

#include "provider.h"

typedef struct ObjectDrift {
    Value before; /* as stored: an object, or attributes of the resource */
    Value after;  /* the same, as just read */
    Path base;    /* of `before` and `after` in the resource */
    Value live;   /* the object of the server, with metadata.managedFields */
    Str manager;  /* our field manager, named only if no other owns the field */
    Path place;   /* of `before` and `after` in the live object */
    /* `before` has attributes of a typed resource: the block metadata, and names such as
     * binary_data. */
    bool is_typed;
    Value own; /* fields that the configuration sets, at `place`; without a type: all of `before` */
    const StrVec *computed; /* fields ("spec.replicas") that the server may change; NULL: none */
} ObjectDrift;

/* Adds every changed field. */
void object_drift_find(const ObjectDrift *drift, FieldChanges *out, Arena *arena);
