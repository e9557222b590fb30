/* plan_result: turns the records of a plan walk into a Plan and the refreshed state. */
#pragma once

#include "engine.h"
#include "engine_walk.h"

/* Sets `*out` to the results of a closed walk, allocated in `arena`, also if instances failed. In a
 * destroy plan, adds an error to `diags` for each deletion that prevent_destroy rejects. */
void plan_result_gather(EngineWalk *walk, PlanResult *out, Arena *arena, Diags *diags);
/* Warns about objects that leave the state without being deleted. */
void plan_result_warn_of_forgotten(const Plan *plan, Arena *arena, Diags *diags);
