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
} FieldManager;
typedef VEC(FieldManager) FieldManagers;

/* Malformed entries are omitted. */
FieldManagers field_managers_read(Value object, Arena *arena);
/* Returns the entry of the manager's own applies, or NULL. */
const FieldManager *field_managers_find(const FieldManagers *managers, Str name);
/* Returns the names of the managers that own the value at the path, in the order of the object,
 * each once. */
StrVec field_managers_owners(const FieldManagers *managers, Value object, Path path, Arena *arena);
/* Adds the outermost paths that only managers with these names own. */
void field_managers_sole(const FieldManagers *managers,
                         const Str *names,
                         size_t count,
                         Value object,
                         Paths *out,
                         Arena *arena);
/* Adds the outermost paths that disappear when the manager applies `body`: it has applied them
 * before, they are not in the body, and no other manager owns them or a field inside. */
void field_managers_removed(
    const FieldManagers *managers, Str name, Value object, Value body, Paths *out, Arena *arena);
