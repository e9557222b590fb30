/* Reference: the object of the configuration that a traversal names.
 *
 *   var.x  local.x  module.m[k].out  path.module  terraform.workspace  count.index  each.key  self
 *   data.T.N  resource.T.N  T.N  ephemeral.T.N  action.T.N  list.T.N  caller */
#pragma once

#include "expr.h"

typedef enum ReferenceKind {
    REFERENCE_VARIABLE,
    REFERENCE_LOCAL,
    REFERENCE_RESOURCE, /* managed, data, ephemeral, action or list: see mode */
    REFERENCE_MODULE,
    REFERENCE_COUNT,
    REFERENCE_EACH,
    REFERENCE_SELF,
    REFERENCE_CALLER, /* of an action: the object whose change triggers it */
    REFERENCE_PATH,
    REFERENCE_TERRAFORM,
} ReferenceKind;

typedef struct Reference {
    ReferenceKind kind;
    ResourceMode mode;
    Str type; /* of a resource */
    Str name; /* of a variable, local, resource, module; attribute of count, each, path … */
    InstanceKey key;   /* literal key after a resource or module, if any */
    size_t used;       /* number of steps in the object's name, without the key */
    SourceRange range; /* range of the object's name, without the steps into it */
    Traversal *traversal;
} Reference;

typedef VEC(Reference) References;

/* Resolves a traversal. Returns false and adds an error if the root needs more steps ("var" alone)
 * or is malformed. */
MUST_USE bool reference_from_traversal(Traversal *traversal, Reference *out, Diags *diags);
/* Appends the references of an expression in order. Errors as above. */
MUST_USE bool reference_collect(const Expr *expr, References *out, Arena *arena, Diags *diags);
/* Returns "data.http.x" or "var.a", for messages. */
Str reference_to_str(const Reference *reference, Arena *arena);
