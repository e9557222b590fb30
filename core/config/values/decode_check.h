/* decode_check: checks expressions before evaluation, and maps parts of a value to parts of its
 * expression. */
#pragma once

#include "expr.h"
#include "foreign_names.h"
#include "path.h"

/* Checks object expressions against a type: required attributes must be present, unknown names
 * are errors. Conversion would drop unknown names silently, including misspelt ones. `foreign` has
 * hints for unknown names. */
MUST_USE bool decode_check_shape(const Expr *expr, const Type *type, const ForeignNames *foreign,
                                 Diags *diags);
/* Returns the innermost subexpression that gives the value at this path; starts at step `from`. */
const Expr *decode_check_part(const Expr *expr, Path path, size_t from);
