/* proposal: prior object and configuration merged, the provider's plan, its check. */
#include "proposal.h"

#include "provider_call.h"

bool proposal_ask(Job *job, const ProposalRequest *request, PlanResponse *response) {
    *response = (PlanResponse){0};
    /* A default counts as written: a plan corrects drift from it. */
    Value expected = schema_apply_defaults(job->schema, request->config, job->scratch);
    PlanRequest question = {
        .prior = request->prior,
        .proposed = job_propose(job, request->prior, expected),
        .config = request->config,
        .private_data = request->private_data,
    };
    return provider_call_plan(job, &question, response) &&
           job_conform_plan(job, request->prior, expected, response->planned, request->configured);
}

void proposal_replace_paths(
    const Job *job, Value prior, const PlanResponse *response, Paths *out, Arena *arena) {
    vec_each(&response->requires_replace, path) {
        Value before, after;
        bool both = path_get(prior, *path, &before) && path_get(response->planned, *path, &after);
        bool is_hidden = schema_is_write_only(job->schema, *path);
        if (both && !is_hidden && value_equal(before, after))
            continue;
        if (!paths_has(out, *path))
            vec_push(arena, out, path_clone(*path, arena));
    }
}
