/* runner_kinds: the kinds of the Kubernetes objects in a state. */
#pragma once

#include "run_result.h"
#include "value.h"

/* Adds each kind once, "apps/v1/Deployment", to result->kinds. `state` is the document of
 * "loam state pull". Secrets are left out: the operator may not read them. */
void runner_kinds_add(Value state, RunResult *result, Arena *arena);
