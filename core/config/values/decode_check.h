/* decode_check: what can be told of an attribute's expression before it is evaluated, and where in
 * it the parts of its value come from. */
#pragma once

#include "expr.h"
#include "path.h"

/* Objects written out in the configuration have the attributes that the type requires and none that
 * it lacks: a conversion would drop those in silence, and a misspelt name with them. */
MUST_USE bool decode_check_shape(const Expr *expr, const Type *type, Arena *arena, Diags *diags);
/* The narrowest part of the expression that gives the value at this path, from step `from` on. */
const Expr *decode_check_part(const Expr *expr, Path path, size_t from);
