/* Visits an output: a value for the caller of a child module; for the root module, also for the
 * user and the state. */
#include "config_read.h"
#include "node_visit.h"

/* Returns true, with an error, for an ephemeral root output: root outputs are stored. */
static bool report_root(NodeVisit *visit) {
    const Output *output = visit->node->as.output;
    if (visit->node->module->parent || !output->ephemeral)
        return false;
    diags_error(&visit->diags, output->range, "Ephemeral output not allowed",
                "Outputs of the root module are stored in the state, so they cannot be ephemeral.");
    return true;
}

/* A root output with a sensitive value must be declared sensitive. Its numbers must be finite,
 * because they are stored. */
static bool output_check_root(NodeVisit *visit, Value value) {
    const Output *output = visit->node->as.output;
    if ((value_marks_deep(value) & MARK_SENSITIVE) && !output->sensitive)
        return diags_fail(
            &visit->diags, output->range, "Output refers to sensitive values",
            "The value of output \"%.*s\" contains sensitive data, which would be shown. Set "
            "\"sensitive\" of the output to true, or use nonsensitive() if it is not secret.",
            STR_ARG(output->name));
    Path path;
    if (visit->walk->phase != PHASE_VALIDATE && path_find_unstorable(value, &path, visit->scratch))
        return diags_fail(
            &visit->diags, output->expr->range, "Infinite number",
            "The value of output \"%.*s\" contains a number that is infinite, for example after a "
            "division by zero, or has more than a million digits, so it cannot be stored.",
            STR_ARG(output->name));
    return true;
}

/* While validating, a reference to a whole module is unknown, so the value may be ephemeral. */
static bool may_be_module(const NodeVisit *visit, Value value) {
    return visit->walk->phase == PHASE_VALIDATE && !value_is_known(value) &&
           value.type == &TYPE_DYNAMIC && visit->node->module->children.count > 0;
}

/* The value must be ephemeral if and only if the output is declared ephemeral. */
static bool output_check_ephemeral(NodeVisit *visit, Value value) {
    const Output *output = visit->node->as.output;
    bool is_ephemeral = (value_marks_deep(value) & MARK_EPHEMERAL) != 0;
    if (is_ephemeral && !output->ephemeral)
        return diags_fail(&visit->diags, output->expr->range, "Ephemeral value not allowed",
                          "Output \"%.*s\" would store an ephemeral value.%s",
                          STR_ARG(output->name),
                          visit->node->module->parent ? " Set \"ephemeral: true\" on it." : "");
    if (is_ephemeral || !output->ephemeral || may_be_module(visit, value))
        return true;
    return diags_fail(
        &visit->diags, output->expr->range, "Value not allowed in ephemeral output",
        "Output \"%.*s\" is declared as ephemeral, but its value is not. Remove the argument.",
        STR_ARG(output->name));
}

/* Converts the value to the declared type. While validating, the result is unknown, but has the
 * type, so that references are checked. */
static bool output_convert(NodeVisit *visit, Value *value) {
    const Output *output = visit->node->as.output;
    ConvertError error = {0};
    if (type_constraint_apply(output->type, *value, value, &error, visit->scratch))
        return true;
    Str why = config_read_convert_error(&error, visit->scratch);
    return diags_fail(
        &visit->diags, output->expr->range, "Invalid output value",
        "The value does not match the type of output \"%.*s\": %.*s. Change the value or \"type\".",
        STR_ARG(output->name), STR_ARG(why));
}

/* Validation checks only the messages of preconditions. A plan and an apply evaluate them, unless
 * all is destroyed. */
static bool output_check_preconditions(NodeVisit *visit, ModuleInstance *module,
                                       ModuleScope *scope) {
    const Conditions *preconditions = &visit->node->as.output->preconditions;
    const PlanOptions *options = visit->walk->options;
    bool is_plan = visit->walk->phase == PHASE_PLAN;
    if (visit->walk->phase == PHASE_VALIDATE)
        return module_scope_check_messages(preconditions, scope, visit->scratch, &visit->diags);
    if ((!is_plan && visit->walk->phase != PHASE_APPLY) ||
        (options && options->mode == PLAN_DESTROY))
        return true;
    scope->should_warn = is_plan && (options->mode == PLAN_REFRESH_ONLY || options->is_preflight);
    CheckResults *results = checks_new(preconditions->count, visit->keep);
    if (results) {
        node_slot(visit->node, module)->payload = results;
        scope->results = results->items;
        scope->keep = visit->keep;
    }
    return module_scope_check_conditions(preconditions, scope,
                                         "Module output value precondition failed", visit->scratch,
                                         &visit->diags);
}

static bool output_visit_instance(NodeVisit *visit, ModuleInstance *module) {
    const Output *output = visit->node->as.output;
    ModuleScope scope;
    module_scope_init(&scope, visit->walk, module);
    scope.checked = visit->node->name;
    bool ok = output_check_preconditions(visit, module, &scope);
    if (!ok && visit->walk->phase != PHASE_VALIDATE)
        return false; /* validation also reports the errors of the value */
    scope.scope.no_short_circuit = !module->parent && visit->walk->phase == PHASE_PLAN;
    Value value;
    if (!eval_expr(output->expr, &scope.scope, &value, visit->scratch, &visit->diags) || !ok)
        return false;
    if (output->has_type && !output_convert(visit, &value))
        return false;
    if (!output_check_ephemeral(visit, value) ||
        (!module->parent && !output_check_root(visit, value)))
        return false;
    /* As in Terraform 1.11: if only parts of a value are sensitive, the caller sees the other
     * parts. */
    bool has_sensitive_parts = (value_marks_deep(value) & MARK_SENSITIVE) != 0;
    if (output->sensitive && !(module->parent && has_sensitive_parts))
        value = value_with_marks(value, MARK_SENSITIVE);
    if (visit->walk->phase == PHASE_VALIDATE)
        value = value_unknown(output->has_type ? value.type : &TYPE_DYNAMIC);
    Slot *slot = node_slot(visit->node, module);
    slot->value = value_clone(value, visit->keep);
    slot->is_set = true;
    return true;
}

bool node_output_visit(NodeVisit *visit) {
    bool ok = true;
    const EngineWalk *walk = visit->walk;
    bool destroying = walk->options && walk->options->mode == PLAN_DESTROY;
    bool is_root = !visit->node->module->parent;
    if (report_root(visit))
        return false;
    if (is_root && (destroying || walk->phase == PHASE_EVALUATE))
        return true; /* no node refers to root outputs */
    vec_each(&visit->node->module->instances, item) {
        ok = output_visit_instance(visit, *item) && ok;
    }
    return ok;
}
