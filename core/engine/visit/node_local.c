/* Visits a local value. */
#include "node_visit.h"

bool node_local_visit(NodeVisit *visit) {
    bool ok = true;
    vec_each(&visit->node->module->instances, item) {
        ModuleScope scope;
        module_scope_init(&scope, visit->walk, *item);
        Value value;
        if (!eval_expr(visit->node->as.local->expr, &scope.scope, &value, visit->scratch,
                       &visit->diags)) {
            ok = false;
            continue;
        }
        Slot *slot = node_slot(visit->node, *item);
        slot->value = value_clone(value, visit->walk_arena);
        slot->is_set = true;
    }
    return ok;
}
