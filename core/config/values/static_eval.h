/* static_eval: expressions that must be known while configuration is loaded: where a module comes
 * from, where the state is, the keys of provider configurations.
 *
 * They may use var, local, path, terraform.workspace and pure functions. A variable of the root is
 * what was given for it (asked for where it is missing), one of a child what its call passes. What
 * is not known before resources are, refers to itself, is sensitive or ephemeral, or is a variable
 * that says `const = false`, is an error. One thread. */
#pragma once

#include "config.h"
#include "config_request.h"
#include "input.h"
#include "scope.h"

typedef struct StaticEval StaticEval;

StaticEval *static_eval_new(const ConfigRequest *request, const Config *config, Arena *arena);
MUST_USE bool static_eval_expr(StaticEval *self,
                               const Module *module,
                               const Expr *expr,
                               Value *out,
                               Arena *arena,
                               Diags *diags);
/* A text; null leaves *out as it is. */
MUST_USE bool static_eval_text(
    StaticEval *self, const Module *module, const Expr *expr, Str *out, Arena *arena, Diags *diags);
/* The names of a module, for decode_eval; what comes out goes through static_eval_check. */
const Scope *static_eval_scope(StaticEval *self, const Module *module, Arena *arena);
/* Is it known, and may it be shown? */
MUST_USE bool static_eval_check(Value value, SourceRange range, Diags *diags);
