/* decide_stack: which Run a Stack needs. Pure: the objects and the time lead to the decision. */
#pragma once

#include "decision.h"
#include "stack_view.h"

/* The decision lives in `arena`, and refers to the view. */
Decision decide_stack(const StackView *view, const DecideOptions *options, int64_t now_ms,
                      Arena *arena);
/* Notes that another manager has changed an object of the Stack. */
Decision decide_change(const Stack *stack, int64_t now_ms, Arena *arena);
