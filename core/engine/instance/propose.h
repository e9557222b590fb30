/* propose: merges prior object and configuration into the object that is proposed to the provider,
 * and has the provider plan it. The apply does so again, with the values known then. */
#pragma once

#include "configured.h"

typedef struct Proposal {
    Value prior; /* null: the object is created */
    const Configured *configured;
    Str private_data;
    Value identity;                 /* null: none */
    const ResourceChange *approved; /* the change of the plan at its apply, else NULL */
} Proposal;

/* Merges prior object and configuration, calls the provider's plan, and checks its response. */
MUST_USE bool propose_plan(InstanceOp *op, const Proposal *proposal, PlanResponse *response);
/* Returns true if prior and planned object differ at the path, or if one of them lacks it. */
bool propose_changes_at(Value prior, const PlanResponse *response, Path path);
