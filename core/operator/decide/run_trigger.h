/* run_trigger: what a Run is for, as a digest, and the names that follow from it. A controller that
 * starts again computes the same ones, so it makes no second Run. */
#pragma once

#include "stack.h"

/* What a Run gets from outside of the Stack. */
typedef struct RunTriggerInputs {
    Str revision;   /* artifact digest or commit */
    StrVec outputs; /* digests of the outputs that variables use, in the order of variables */
    Str spec;       /* of the Run, JSON; empty: that of the Stack */
} RunTriggerInputs;

/* Returns 64 hex digits over the fields that change a plan, the inputs, and the request. */
Str run_trigger_new(const Stack *stack, const RunTriggerInputs *inputs, Arena *arena);
/* Returns 64 hex digits over environment, workspace, variables and outputs. */
Str run_trigger_inputs(const RunTriggerInputs *inputs, Arena *arena);
/* Returns 64 hex digits over the fields that change a plan, and outputs. */
Str run_trigger_settings(const RunTriggerInputs *inputs, Arena *arena);
/* Returns the name of the Run: STACK-0123456789, at most 52 bytes. `tick_ms` distinguishes Runs by
 * interval. */
Str run_trigger_name(const Stack *stack, Str trigger, uint32_t retries, int64_t tick_ms,
                     Arena *arena);
