/* plan_variables: values of the root's variables when a saved plan is applied. The plan has them,
 * but for those of ephemeral variables: they are given again. */
#pragma once

#include "project.h"

/* Before anything is loaded, as values decide where modules are. */
void plan_variables_restore(Project *project, const Plan *plan, Arena *arena);
/* With the configuration: ephemeral variables take what is given now, in all the usual ways, and
 * those that had a value must have one. What options say of others must be what the plan says. */
MUST_USE bool plan_variables_supply(Project *project, const Plan *plan);
