/* StackPlan: the plan of a Stack, and whether it waits for a person. */
#pragma once

#include "stack_access.h"

typedef struct StackPlan {
    Value stack;
    Value run;
    Str run_name; /* as the cluster has them: for requests */
    Str run_uid;
    Str digest;
} StackPlan;

/* Gets the Run of the Stack. An error if no plan of it waits. */
MUST_USE bool stack_plan_find(StackAccess *access, const char *action, Value stack, StackPlan *out);
/* Gets the newest Run of the Stack, waiting or not. An error if it has no plan. */
MUST_USE bool stack_plan_find_newest(StackAccess *access, const char *action, Value stack,
                                     StackPlan *out);
bool stack_plan_waits(const StackPlan *plan);
/* Numbers of changes: "+3 ~1 -2 -/+1"; "-" if there are none. `path` leads to them. */
Str stack_plan_counts(Value object, const char *path, Arena *arena);
/* Writes what the plan changes, for which revision, until when it may be approved, and by whom. */
void stack_plan_describe(const StackAccess *access, const StackPlan *plan, StrBuf *out);
