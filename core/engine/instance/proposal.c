/* Merges prior object and configuration, calls the provider's plan, and checks the response. */
#include "proposal.h"

#include "conform.h"
#include "object_marks.h"
#include "propose.h"
#include "provider_call.h"

/* Write-only arguments are left out: the provider reads them in the configuration. */
static Value merge(Job *job, Value prior, Value config) {
    return schema_drop_write_only(
        job->schema, propose_object(job->schema, prior, config, job->scratch), job->scratch);
}

/* Checks without marks first, which is fast. On failure it checks again with marks, so that the
 * diagnostics show no secrets. */
static bool check_plan(
    Job *job, Value prior, Value config, Value planned, const Configured *configured) {
    Diags unmasked = diags_new(job->scratch);
    if (conform_plan(job->schema, prior, config, planned, job->scratch, &unmasked))
        return true;
    return conform_plan(job->schema, prior, object_marks_add(job, config, configured),
                        object_marks_add(job, planned, configured), job->scratch, &job->diags);
}

bool proposal_ask(Job *job, const ProposalRequest *request, PlanResponse *response) {
    *response = (PlanResponse){0};
    /* A default counts as configured, so a plan corrects drift from it. */
    Value expected = schema_apply_defaults(job->schema, request->config, job->scratch);
    PlanRequest question = {
        .prior = request->prior,
        .proposed = merge(job, request->prior, expected),
        .config = request->config,
        .private_data = request->private_data,
    };
    return provider_call_plan(job, &question, response) &&
           check_plan(job, request->prior, expected, response->planned, request->configured);
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

bool proposal_check_result(
    Job *job, Value planned, Value actual, const char *summary, const Configured *configured) {
    Diags unmasked = diags_new(job->scratch);
    if (conform_result(job->schema, planned, actual, summary, job->scratch, &unmasked))
        return true;
    return conform_result(job->schema, object_marks_add(job, planned, configured),
                          object_marks_add(job, actual, configured), summary, job->scratch,
                          &job->diags);
}
