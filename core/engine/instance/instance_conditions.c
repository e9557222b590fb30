/* Evaluates the conditions of a block for one instance, and stores the results in its record. */
#include "instance_conditions.h"

static bool conditions_hold(Job *job,
                            const Conditions *conditions,
                            EvalScope *scope,
                            const char *summary) {
    scope->scope.self = scope;
    scope->keep = job->keep;
    scope->checked = job->address;
    const PlanOptions *options = job->walk->options;
    bool only_reads = options->mode == PLAN_REFRESH_ONLY || options->is_rehearsal;
    if (only_reads && job->walk->phase == PHASE_APPLY)
        return true; /* the plan has reported it */
    scope->warns = only_reads;
    return evaluate_conditions(conditions, scope, summary, job->scratch, &job->diags);
}

bool instance_conditions_before(Job *job, const EvalScope *scope) {
    const Conditions *conditions = &job->resource->config->lifecycle.preconditions;
    EvalScope local = *scope;
    if (conditions->count == 0)
        return true;
    local.results = job->record->results ? job->record->results->items : NULL;
    return conditions_hold(job, conditions, &local, "Resource precondition failed");
}

bool instance_conditions_after(Job *job, const EvalScope *scope) {
    const Lifecycle *lifecycle = &job->resource->config->lifecycle;
    EvalScope local = *scope;
    if (lifecycle->postconditions.count == 0)
        return true;
    local.self = &job->record->value;
    if (job->record->results)
        local.results = job->record->results->items + lifecycle->preconditions.count;
    return conditions_hold(job, &lifecycle->postconditions, &local,
                           "Resource postcondition failed");
}
