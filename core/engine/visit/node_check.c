/* Visits a check block. Failed assertions are warnings; an assertion that cannot be evaluated is an
 * error. Only the value of a whole module (NODE_MODULE_VALUE) depends on a check. */
#include "node_visit.h"

static void note_unknown(NodeVisit *visit, const CheckResults *results, Diags *found) {
    const Conditions *asserts = &visit->node->as.check->asserts;
    for (size_t i = 0; i < asserts->count; i++) {
        if (results->items[i].status == CHECK_UNKNOWN)
            diags_warning(found, asserts->items[i].condition->range,
                          "Check block assertion known after apply",
                          "The condition could not be evaluated, because it depends on values that "
                          "are known only after apply.");
    }
}

/* Returns true if the data source of the check could not be read. The assertions are then
 * skipped. */
static bool has_failed_source(const NodeVisit *visit, ModuleInstance *module) {
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
    return results && results->items[0].status > CHECK_UNKNOWN;
}

static bool node_check_visit_instance(NodeVisit *visit, ModuleInstance *module) {
    const Check *check = visit->node->as.check;
    CheckResults *results = checks_new(check->asserts.count, visit->keep);
    node_slot(visit->node, module)->payload = results;
    if (has_failed_source(visit, module))
        return true;
    ModuleScope scope;
    module_scope_init(&scope, visit->walk, module);
    scope.results = results->items;
    scope.keep = visit->keep;
    scope.checked = visit->node->name;
    scope.should_warn = true;
    Diags found = diags_new(visit->scratch);
    bool ok = module_scope_check_conditions(&check->asserts, &scope, "Check block assertion failed",
                                            visit->scratch, &found);
    note_unknown(visit, results, &found);
    for (size_t i = 0; i < found.count; i++)
        found.items[i].checked = visit->node->name;
    for (size_t i = 0; module->parent && i < found.count; i++)
        found.items[i].is_of_element = true; /* no duplicate of other module instances */
    diags_append(&visit->diags, &found);
    return ok;
}

static bool validate_instance(NodeVisit *visit, ModuleInstance *module) {
    ModuleScope scope;
    module_scope_init(&scope, visit->walk, module);
    return module_scope_check_messages(&visit->node->as.check->asserts, &scope, visit->scratch,
                                       &visit->diags);
}

bool node_check_visit(NodeVisit *visit) {
    WalkPhase phase = visit->walk->phase;
    bool checks = phase == PHASE_PLAN || phase == PHASE_APPLY;
    bool is_idle =
        phase != PHASE_VALIDATE && (!checks || visit->walk->options->mode == PLAN_DESTROY);
    bool ok = true;
    if (is_idle)
        return true;
    vec_each(&visit->node->module->instances, module) {
        ok = (checks ? node_check_visit_instance(visit, *module)
                     : validate_instance(visit, *module)) &&
             ok;
    }
    return ok;
}
