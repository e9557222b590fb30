/* expand: evaluates count, for_each or enabled to the keys of a block's instances. */
#pragma once

#include "module_scope.h"

/* At most one argument is set. */
typedef struct Repetition {
    const Expr *count;
    const Expr *for_each;
    const Expr *enabled;
    bool must_be_known; /* unknown keys cannot wait for a later plan */
} Repetition;

/* Without an argument there is one instance without key; `enabled` gives one or none. While
 * validating, a repeated block always has unknown keys. Unknown keys set `is_unknown` in a destroy
 * and where deferrals are allowed; otherwise they are an error. Keys are sorted. */
MUST_USE bool expand_evaluate(const Repetition *repetition, const ModuleScope *scope,
                              Expansion *out, Arena *arena, Diags *diags);
