/* proposal: asks a provider for its plan of one object, and checks the response. Plan and apply use
 * it. */
#pragma once

#include "configured.h"

typedef struct ProposalRequest {
    Value prior;  /* null: the object is created */
    Value config; /* after ignore_changes */
    const Configured *configured;
    Str private_data;
} ProposalRequest;

/* Calls the provider's plan and checks its response against the configuration. */
MUST_USE bool proposal_ask(InstanceOp *op, const ProposalRequest *request, PlanResponse *response);
/* Adds the paths that force a replacement to `out`, allocated in `arena`: those whose value
 * changes, and write-only paths, whose changes only the provider knows. */
void proposal_replace_paths(
    const InstanceOp *op, Value prior, const PlanResponse *response, Paths *out, Arena *arena);
/* Checks that `actual` is as planned: known values are equal, and unknown values have become known.
 * `summary` is the summary of the errors; the errors show no secrets. */
MUST_USE bool proposal_check_result(
    InstanceOp *op, Value planned, Value actual, const char *summary, const Configured *configured);
