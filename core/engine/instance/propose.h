/* propose: merges prior object and configuration into the object that is proposed to the provider,
 * and has the provider plan it. The apply does so again, with the values known then.
 *
 * The configuration has precedence. A computed attribute that it leaves null keeps its prior value.
 * Elements of nested lists are matched by index, elements of maps by key. An element of a set is
 * matched with a prior element that may come from it. New computed values stay null: the provider
 * plans them as unknown. */
#pragma once

#include "configured.h"

/* Both values have the schema's implied type and no marks; `prior` may be null. */
Value propose_object(const Schema *schema, Value prior, Value config, Arena *arena);
/* Merges `prior` (null: the object is created) and configuration, calls the provider's plan, and
 * checks its response. `approved` is the change of the plan at its apply, else NULL. */
MUST_USE bool propose_plan(InstanceOp *op,
                           Value prior,
                           const Configured *configured,
                           Str private_data,
                           const ResourceChange *approved,
                           PlanResponse *response);
/* Returns true if prior and planned object differ at the path, or if one of them lacks it. */
bool propose_changes_at(Value prior, const PlanResponse *response, Path path);
