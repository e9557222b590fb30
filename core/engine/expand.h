/* expand: count and for_each → the keys of a block's instances. */
#pragma once

#include "evaluate.h"

/* Both NULL: one instance without key. While validating or destroying, unknown keys are fine
 * (is_unknown); else an error that says what to do. Keys come sorted. */
MUST_USE bool expand_evaluate(const Expr *count,
                              const Expr *for_each,
                              const EvalScope *scope,
                              Expansion *out,
                              Arena *arena,
                              Diags *diags);
