/* Calls the provider and checks its plan. */
#include "propose.h"
#include "conform.h"
#include "instance_object.h"
#include "provider_call.h"

/* Checks that a planned object has the configured values, or the prior ones where the provider may
 * keep them. Runs without marks first, which is fast. On failure it runs again with marks, so that
 * the diagnostics show no secrets. */
static bool check_plan(InstanceOp *op, Value prior, const Configured *configured, Value config,
                       const PlanResponse *response) {
    Value planned = response->planned;
    const Paths *sensitive = &configured->sensitive;
    bool is_legacy = response->is_legacy;
    Diags unmasked = diags_new(op->scratch);
    if (conform_plan(op->schema, prior, config, planned, op->scratch, &unmasked))
        return true;
    if (is_legacy) {
        conform_log(op->address, &unmasked);
        return true;
    }
    return conform_plan(op->schema, prior, object_marks_add(op, config, sensitive),
                        object_marks_add(op, planned, sensitive), op->scratch, &op->diags);
}

bool propose_plan(InstanceOp *op, const Proposal *proposal, PlanResponse *response) {
    Value prior = proposal->prior;
    const Configured *configured = proposal->configured;
    const ResourceChange *approved = proposal->approved;
    *response = (PlanResponse){0};
    /* A default counts as configured, so a plan corrects drift from it. */
    Value expected = schema_apply_defaults(op->schema, configured->value, op->scratch);
    /* Write-only arguments are left out: the provider reads them in the configuration. */
    Value proposed = schema_drop_write_only(
        op->schema, schema_propose(op->schema, prior, expected, op->scratch), op->scratch);
    PlanRequest request = {
        .prior = prior,
        .proposed = proposed,
        .config = configured->value,
        .private_data = proposal->private_data,
        .identity = proposal->identity,
        .is_replaced = op->is_replaced && !value_is_null(prior),
        .awaits_changes = op->walk->phase == PHASE_PLAN && op->node->is_pending,
        .is_preflight = op->walk->options && op->walk->options->is_preflight,
    };
    if (approved) {
        request.approved = value_unmark_deep(approved->after, op->scratch);
        request.approved_private = approved->private_data;
    }
    if (!provider_call_plan(op, &request, response))
        return false;
    if (response->deferral) { /* the provider cannot know its plan yet, so there is none to check */
        op->record->deferral = op->record->deferral ? op->record->deferral : response->deferral;
        return true;
    }
    return check_plan(op, prior, configured, expected, response);
}

bool propose_changes_at(Value prior, const PlanResponse *response, Path path) {
    Value before, after;
    bool both = path_get(prior, path, &before) && path_get(response->planned, path, &after);
    return !both || !value_equal(before, after);
}
