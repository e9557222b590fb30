/* A check: assertions that warn. Nobody depends on it, and it never fails. */
#include "visit.h"

static void note_unknown(Visit *visit, const CheckResults *results, Diags *found) {
    const Conditions *asserts = &visit->node->as.check->asserts;
    for (size_t i = 0; i < asserts->count; i++) {
        if (results->items[i].status == CHECK_UNKNOWN)
            diags_warning(found, asserts->items[i].condition->range,
                          "Check block assertion known after apply",
                          "The condition could not be evaluated at this time, because it depends "
                          "on what is not known before the apply. It is checked then.");
    }
}

/* Its data source could not be read, so there is nothing to assert of it. */
static bool has_failed_source(const Visit *visit, ModuleInstance *module) {
    const Resource *data = visit->node->as.check->data;
    if (!data)
        return false;
    Str key =
        str_format(visit->scratch, "data.%.*s.%.*s", STR_ARG(data->type), STR_ARG(data->name));
    const Node *node = node_find(visit->node->module, key);
    const ResourceExpansion *expansion = node_slot(node, module)->payload;
    if (!expansion || expansion->expansion.count == 0)
        return false;
    const CheckResults *results = expansion->records[0].results;
    return results && results->items[0].status != CHECK_PASS;
}

static void visit_instance(Visit *visit, ModuleInstance *module) {
    const Check *check = visit->node->as.check;
    bool is_plan = visit->walk->phase == PHASE_PLAN;
    CheckResults *results = checks_new(check->asserts.count, visit->keep);
    node_slot(visit->node, module)->payload = results;
    if (has_failed_source(visit, module))
        return;
    EvalScope scope;
    evaluate_scope_init(&scope, visit->walk, module);
    scope.results = results->items;
    scope.keep = visit->keep;
    Diags found = diags_new(visit->scratch);
    bool all_hold = evaluate_conditions(&check->asserts, &scope, "Check block assertion failed",
                                        visit->scratch, &found);
    if (all_hold && found.count == 0 && !is_plan)
        return;
    if (is_plan)
        note_unknown(visit, results, &found);
    if (!is_plan || !visit->walk->options->skips_check_warnings)
        checks_warn(&visit->diags, &found, visit->node->name);
}

bool node_check_visit(Visit *visit) {
    WalkPhase phase = visit->walk->phase;
    bool checks = phase == PHASE_PLAN || phase == PHASE_APPLY;
    if (!checks || visit->walk->options->mode == PLAN_DESTROY)
        return true;
    vec_each(&visit->node->module->instances, module) {
        visit_instance(visit, *module);
    }
    return true;
}
