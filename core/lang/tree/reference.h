/* Reference: what object of the configuration a traversal names.
 *
 *   var.x  local.x  module.m[k].out  path.module  terraform.workspace  count.index  each.key  self
 *   data.T.N  resource.T.N  T.N  ephemeral.T.N
 */
#pragma once

#include "expr.h"

typedef enum ReferenceKind {
    REFERENCE_VARIABLE,
    REFERENCE_LOCAL,
    REFERENCE_RESOURCE, /* managed, data or ephemeral: see mode */
    REFERENCE_MODULE,
    REFERENCE_COUNT,
    REFERENCE_EACH,
    REFERENCE_SELF,
    REFERENCE_PATH,
    REFERENCE_TERRAFORM,
} ReferenceKind;

typedef struct Reference {
    ReferenceKind kind;
    ResourceMode mode;
    Str type; /* of a resource */
    Str name; /* variable, local, resource, module; the attribute of count, each, path, terraform */
    InstanceKey key;   /* the literal key behind a resource or module, if any */
    size_t used;       /* steps of the traversal that the above takes (without the key) */
    SourceRange range; /* of what names the object, without the steps into it */
    Traversal *traversal;
} Reference;

typedef VEC(Reference) References;

/* False with an error where the root needs more steps ("var" alone) or is malformed. */
MUST_USE bool reference_from_traversal(Traversal *traversal, Reference *out, Diags *diags);
/* Those of an expression, in order, appended; errors as above. */
MUST_USE bool reference_collect(const Expr *expr, References *out, Arena *arena, Diags *diags);
/* "data.http.x", "var.a": for messages. */
Str reference_to_str(const Reference *reference, Arena *arena);
