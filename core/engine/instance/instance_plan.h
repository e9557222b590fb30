/* instance_plan: plans the change of one instance. The apply makes the provider's plan again, with
 * the values known then. */
#pragma once

#include "configured.h"

/* Tasks; `record` is an InstanceRecord. Plan what becomes of a declared instance, and the deletion
 * of one that is not declared or that a destroy deletes. */
bool instance_plan(Walk *tasks, void *record, uint32_t worker);
bool instance_plan_destroy(Walk *tasks, void *record, uint32_t worker);
/* Merges `prior` (null: the object is created) and configuration, calls the provider's plan, and
 * checks its response. */
MUST_USE bool instance_plan_propose(InstanceOp *op,
                                    Value prior,
                                    const Configured *configured,
                                    Str private_data,
                                    PlanResponse *response);
/* Returns true if prior and planned object differ at the path. */
bool instance_plan_changes_at(Value prior, const PlanResponse *response, Path path);
