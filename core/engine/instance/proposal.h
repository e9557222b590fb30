/* proposal: the question that plan and apply ask a provider about one object, and its answer. */
#pragma once

#include "configured.h"

typedef struct ProposalRequest {
    Value prior;  /* null: create */
    Value config; /* ignore_changes applied */
    const Configured *configured;
    Str private_data;
} ProposalRequest;

/* Calls the provider's plan and checks its answer against the configuration. */
MUST_USE bool proposal_ask(Job *job, const ProposalRequest *request, PlanResponse *response);
/* The paths of the answer that force a replacement: those at which something really changes, and
 * write-only ones, of which the provider alone knows. In `arena`. */
void proposal_replace_paths(
    const Job *job, Value prior, const PlanResponse *response, Paths *out, Arena *arena);
/* Checks that `actual` is what was planned: known values are equal, unknown ones are known now.
 * `summary` is that of the errors; they show no secrets. */
MUST_USE bool proposal_check_result(
    Job *job, Value planned, Value actual, const char *summary, const Configured *configured);
