/* eval: expression + scope → value. Results live in `arena`.
 *
 * Behaviour is HCL's as the conformance vectors record it: unknowns and marks propagate, && || and
 * conditionals short-circuit. A Diag's range is the failing part; where a value matters, the values
 * of the names in it are added, never a sensitive one. */
#pragma once

#include "scope.h"

MUST_USE bool eval_expr(
    const Expr *expr, const Scope *scope, Value *out, Arena *arena, Diags *diags);
/* The evaluated value converted to a type; the error has the expression's range. */
MUST_USE bool eval_expr_as(
    const Expr *expr, const Scope *scope, const Type *type, Value *out, Arena *arena, Diags *diags);
/* What is the matter with a value that an error is about. Values that are secret or unknown are
 * named with an error of that cause alone: with others they would seem to be to blame. */
typedef enum EvalCause {
    CAUSE_OTHER,
    CAUSE_SENSITIVE,
    CAUSE_EPHEMERAL,
    CAUSE_UNKNOWN,
} EvalCause;

EvalCause eval_cause(Value value);
/* To the latest of `diags`, which is about this expression: what the names in it stand for. */
void eval_show_values(
    const Expr *expr, const Scope *scope, EvalCause cause, Arena *arena, Diags *diags);
/* Where nothing can be referred to: every name and every call of a function is an error. */
MUST_USE bool eval_constant(const Expr *expr, Value *out, Arena *arena, Diags *diags);
/* The operators and steps by themselves, for other layers. */
MUST_USE bool eval_index(
    Value object, Value key, SourceRange range, Value *out, Arena *arena, Diags *diags);
MUST_USE bool eval_attribute(
    Value object, Str name, SourceRange range, Value *out, Arena *arena, Diags *diags);
/* Steps from index `from` on. */
MUST_USE bool eval_steps(
    Value root, const Traversal *traversal, size_t from, Value *out, Arena *arena, Diags *diags);
/* The language's ==: unknown where it cannot be told; carries marks. */
Value eval_equal(Value a, Value b, Arena *arena);
