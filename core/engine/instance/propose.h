/* propose: merges prior object and configuration into the object that is proposed to the provider,
 * and has the provider plan it. The apply does so again, with the values known then. */
#pragma once

#include "configured.h"

/* Merges `prior` (null: the object is created) and configuration, calls the provider's plan, and
 * checks its response. `approved` is the change of the plan at its apply, else NULL. */
MUST_USE bool propose_plan(InstanceOp *op, Value prior, const Configured *configured,
                           Str private_data, Value identity, const ResourceChange *approved,
                           PlanResponse *response);
/* Returns true if prior and planned object differ at the path, or if one of them lacks it. */
bool propose_changes_at(Value prior, const PlanResponse *response, Path path);
