/* proposal: the question that plan and apply ask a provider about one object, and its answer. */
#pragma once

#include "job.h"

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
