/* TypeConstraint: a type as a variable block or convert() writes it, with the defaults of its
 * optional attributes. */
#pragma once

#include "convert.h"
#include "expr.h"
#include "function.h"

typedef struct TypeDefaults TypeDefaults; /* of optional attributes, by place in the type */

typedef struct TypeConstraint {
    const Type *type;             /* interned; may hold dynamic and optional attributes */
    const TypeDefaults *defaults; /* NULL: none */
} TypeConstraint;

/* Parses the whole source as one constraint. */
MUST_USE bool type_constraint_parse(const SourceText *source, const FunctionTable *functions,
                                    TypeConstraint *out, Arena *arena, Diags *diags);
MUST_USE bool type_constraint_from_expr(const Expr *expr, TypeConstraint *out, Arena *arena,
                                        Diags *diags);
/* Applies the defaults, then converts. On failure returns false and sets *error. */
MUST_USE bool type_constraint_apply(TypeConstraint constraint, Value v, Value *out,
                                    ConvertError *error, Arena *arena);
