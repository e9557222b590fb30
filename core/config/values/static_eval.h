/* static_eval: evaluates expressions that must be known while the configuration is loaded, such as
 * module sources, backend settings and keys of provider configurations.
 *
 * Expressions may use var, local, path, terraform.workspace and pure functions. A root variable
 * has its given value or its default; without either it is prompted for. A child module's variable
 * has the value that its call passes, or its default. Unknown, circular, sensitive or ephemeral
 * values and variables with `const = false` are errors. Not thread-safe. */
#pragma once

#include "config.h"
#include "config_request.h"
#include "input.h"
#include "scope.h"

typedef struct StaticEval StaticEval;

StaticEval *static_eval_new(const ConfigRequest *request, const Config *config, Arena *arena);
/* Evaluates an expression of a module and checks the result with static_eval_check. */
MUST_USE bool static_eval_expr(StaticEval *self, const Module *module, const Expr *expr, Value *out,
                               Arena *arena, Diags *diags);
/* Evaluates a string; if it is null, *out keeps its value. */
MUST_USE bool static_eval_text(StaticEval *self, const Module *module, const Expr *expr, Str *out,
                               Arena *arena, Diags *diags);
/* Returns a scope with the names of a module, for decode_eval. Check the result with
 * static_eval_check. */
const Scope *static_eval_scope(StaticEval *self, const Module *module, Arena *arena);
/* Rejects values that are unknown, sensitive or ephemeral. */
MUST_USE bool static_eval_check(Value value, SourceRange range, Diags *diags);
