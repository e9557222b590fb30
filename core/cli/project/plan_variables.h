/* plan_variables: values of the root module's variables when a saved plan is applied. They come
 * from the plan. Values of ephemeral variables must be given again. */
#pragma once

#include "project.h"

/* Sets project->variables from the plan. Call before loading: module sources may depend on
 * variables. */
void plan_variables_restore(Project *project, const Plan *plan, Arena *arena);
/* Call after loading. Reads ephemeral variables from all usual sources; one that had a value in the
 * plan must have one now. Other variables set by options must have the value in the plan. */
MUST_USE bool plan_variables_supply(Project *project, const Plan *plan);
