/* Merges prior object and configuration, calls the provider's plan, and checks the response. */
#include "proposal.h"

#include "conform.h"
#include "object_marks.h"
#include "propose.h"
#include "provider_call.h"

/* Write-only arguments are left out: the provider reads them in the configuration. */
static Value merge(InstanceOp *op, Value prior, Value config) {
    return schema_drop_write_only(
        op->schema, propose_object(op->schema, prior, config, op->scratch), op->scratch);
}

/* Checks without marks first, which is fast. On failure it checks again with marks, so that the
 * diagnostics show no secrets. */
static bool check_plan(
    InstanceOp *op, Value prior, Value config, Value planned, const Configured *configured) {
    Diags unmasked = diags_new(op->scratch);
    if (conform_plan(op->schema, prior, config, planned, op->scratch, &unmasked))
        return true;
    return conform_plan(op->schema, prior, object_marks_add(op, config, configured),
                        object_marks_add(op, planned, configured), op->scratch, &op->diags);
}

bool proposal_ask(InstanceOp *op, const ProposalRequest *request, PlanResponse *response) {
    *response = (PlanResponse){0};
    /* A default counts as configured, so a plan corrects drift from it. */
    Value expected = schema_apply_defaults(op->schema, request->config, op->scratch);
    PlanRequest question = {
        .prior = request->prior,
        .proposed = merge(op, request->prior, expected),
        .config = request->config,
        .private_data = request->private_data,
    };
    return provider_call_plan(op, &question, response) &&
           check_plan(op, request->prior, expected, response->planned, request->configured);
}

void proposal_replace_paths(
    const InstanceOp *op, Value prior, const PlanResponse *response, Paths *out, Arena *arena) {
    vec_each(&response->requires_replace, path) {
        Value before, after;
        bool both = path_get(prior, *path, &before) && path_get(response->planned, *path, &after);
        bool is_hidden = schema_is_write_only(op->schema, *path);
        if (both && !is_hidden && value_equal(before, after))
            continue;
        if (!paths_has(out, *path))
            vec_push(arena, out, path_clone(*path, arena));
    }
}

bool proposal_check_result(InstanceOp *op,
                           Value planned,
                           Value actual,
                           const char *summary,
                           const Configured *configured) {
    Diags unmasked = diags_new(op->scratch);
    if (conform_result(op->schema, planned, actual, summary, op->scratch, &unmasked))
        return true;
    return conform_result(op->schema, object_marks_add(op, planned, configured),
                          object_marks_add(op, actual, configured), summary, op->scratch,
                          &op->diags);
}
