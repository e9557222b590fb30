/* FieldManagers: who owns which fields of an object, from its metadata.managedFields. Every apply
 * and every update of an object makes its manager the owner of the fields that it set. */
#pragma once

#include "field_set.h"

typedef struct FieldManager {
    Str name;        /* "kubectl", "kube-controller-manager" */
    Str operation;   /* "Apply" or "Update" */
    Str subresource; /* "scale", "status"; empty: the object itself */
    Str api_version;
    Str time; /* of the last change, RFC 3339 */
    const FieldSet *fields;
    Value entry; /* as the object has it */
} FieldManager;
typedef VEC(FieldManager) FieldManagers;

/* Malformed entries are omitted. */
FieldManagers field_managers_read(Value object, Arena *arena);
/* Returns the entry of the manager's own applies, or NULL. */
const FieldManager *field_managers_find(const FieldManagers *managers, Str name);
/* Returns whether the entry is that of the manager's own applies. */
bool field_manager_is_apply(const FieldManager *manager, Str name);
/* Returns the fields that at least one of the managers owns. */
const FieldSet *field_managers_union(const FieldManagers *managers, Arena *arena);
/* Adds the outermost paths of `object` that `some` own and none of `others` owns. */
void field_managers_sole(const FieldManagers *some, const FieldManagers *others, Value object,
                         Paths *out, Arena *arena);
