/* Evaluates the conditions of a block for one instance, and stores the results in its record. */
#include "instance.h"

static bool conditions_hold(InstanceOp *op, const Conditions *conditions, ModuleScope *scope,
                            const char *summary) {
    scope->scope.self = scope;
    scope->keep = op->keep;
    scope->checked = op->address;
    const PlanOptions *options = op->walk->options;
    bool only_reads = options->mode == PLAN_REFRESH_ONLY || options->is_preflight;
    if (only_reads && op->walk->phase == PHASE_APPLY)
        return true; /* the plan has reported it */
    scope->should_warn = only_reads;
    return module_scope_check_conditions(conditions, scope, summary, op->scratch, &op->diags);
}

bool instance_conditions_before(InstanceOp *op, const ModuleScope *scope) {
    const Conditions *conditions = &op->resource->config->lifecycle.preconditions;
    ModuleScope local = *scope;
    if (conditions->count == 0)
        return true;
    local.results = op->record->results ? op->record->results->items : NULL;
    return conditions_hold(op, conditions, &local, "Resource precondition failed");
}

bool instance_conditions_after(InstanceOp *op, const ModuleScope *scope) {
    const Lifecycle *lifecycle = &op->resource->config->lifecycle;
    ModuleScope local = *scope;
    if (lifecycle->postconditions.count == 0)
        return true;
    Value self = node_seen_object(op->resource, op->record->value, op->scratch);
    local.self = &self;
    if (op->record->results)
        local.results = op->record->results->items + lifecycle->preconditions.count;
    return conditions_hold(op, &lifecycle->postconditions, &local, "Resource postcondition failed");
}
