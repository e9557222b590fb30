/* Visits a local value. */
#include "node_kinds.h"

bool node_local_visit(Visit *visit) {
    bool ok = true;
    vec_each(&visit->node->module->instances, item) {
        EvalScope scope;
        evaluate_scope_init(&scope, visit->walk, *item);
        Value value;
        if (!eval_expr(visit->node->as.local->expr, &scope.scope, &value, visit->scratch,
                       &visit->diags)) {
            ok = false;
            continue;
        }
        Slot *slot = node_slot(visit->node, *item);
        slot->value = value_clone(value, visit->passing);
        slot->is_set = true;
    }
    return ok;
}
