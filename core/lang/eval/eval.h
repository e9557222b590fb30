/* eval: evaluates an expression in a scope. Results live in `arena`.
 *
 * Behaviour is HCL's, as the conformance vectors record it: unknowns and marks propagate. && || and
 * conditionals evaluate all operands, but errors in operands that do not decide are dropped. The
 * range of an error is the failing part. An error about a value shows the values of the names in
 * the expression, but never a sensitive one. A result larger than BUDGET_DEFAULT is an error. */
#pragma once

#include "scope.h"

MUST_USE bool eval_expr(const Expr *expr, const Scope *scope, Value *out, Arena *arena,
                        Diags *diags);
/* Evaluates and converts the result to `type`. A conversion error has the expression's range. */
MUST_USE bool eval_expr_as(const Expr *expr, const Scope *scope, const Type *type, Value *out,
                           Arena *arena, Diags *diags);
/* Adds the values of the names in `expr` to the latest diagnostic, which must be about this
 * expression. `cause` is the value that caused the error, or NULL if no property of a value did: an
 * error about a sensitive, ephemeral or unknown value names the values with this property. */
void eval_show_values(const Expr *expr, const Scope *scope, const Value *cause, Arena *arena,
                      Diags *diags);
/* Evaluates where references are not allowed: every name and every function call is an error. */
MUST_USE bool eval_constant(const Expr *expr, Value *out, Arena *arena, Diags *diags);
/* Single operators and steps, for other layers. */
MUST_USE bool eval_index(Value object, Value key, SourceRange range, Value *out, Arena *arena,
                         Diags *diags);
MUST_USE bool eval_attribute(Value object, Str name, SourceRange range, Value *out, Arena *arena,
                             Diags *diags);
/* Applies the steps from index `from` on. */
MUST_USE bool eval_steps(Value root, const Traversal *traversal, size_t from, Value *out,
                         Arena *arena, Diags *diags);
/* The language's == operator: unknown if not yet decided; keeps marks. */
Value eval_equal(Value a, Value b, Arena *arena);
