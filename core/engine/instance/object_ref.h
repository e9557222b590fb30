/* object_ref: a reference to a resource, an action or a part of them, whose key may be count.index
 * or each.key. */
#pragma once

#include "module_scope.h"

typedef struct ObjectRef {
    const Node *node; /* NODE_RESOURCE */
    bool has_key;
    InstanceKey key; /* KEY_NONE: no key, or an unknown one */
    Path path;       /* empty: the whole object */
} ObjectRef;

/* Reads a reference with attribute and index steps. Returns false if the expression is none, with
 * an error only if a key cannot be evaluated. Adds to *out, which is zero at first. */
MUST_USE bool object_ref_read(const Expr *expr, const ModuleScope *scope, ObjectRef *out,
                              Arena *arena, Diags *diags);
