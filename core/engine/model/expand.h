/* expand: count, for_each and enabled → the keys of a block's instances. */
#pragma once

#include "evaluate.h"

/* At most one of them is set. */
typedef struct Repetition {
    const Expr *count;
    const Expr *for_each;
    const Expr *enabled;
} Repetition;

/* Nothing set: one instance without key; `enabled`: that, or none. While validating or destroying,
 * unknown keys are fine (is_unknown); else an error that says what to do. Keys come sorted. */
MUST_USE bool expand_evaluate(const Repetition *repetition,
                              const EvalScope *scope,
                              Expansion *out,
                              Arena *arena,
                              Diags *diags);
