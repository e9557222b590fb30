/* Visits a module call: creates the instances of the module. */
#include "deferrals.h"
#include "expand.h"
#include "mocking.h"
#include "node_visit.h"
#include "walk_log.h"

/* Builds the value for references to the module as a whole. */
bool node_module_value_visit(NodeVisit *visit) {
    if (!visit->node->is_used)
        return true;
    const Node *call = visit->node->child->call;
    vec_each(&visit->node->module->instances, item) {
        Slot *slot = node_slot(visit->node, *item);
        slot->value = module_scope_module_value(call, *item, visit->keep);
        slot->is_set = true;
    }
    return true;
}

/* Creates an instance of an overridden module. It has outputs only. */
static ModuleInstance *module_make_up(NodeVisit *visit, const TestOverride *override,
                                      ModuleInstance *caller, InstanceKey key, Value each) {
    EngineModule *child = visit->node->child;
    ModuleInstance *instance =
        node_module_detached(child, caller, key, each, REPEAT_NONE, visit->keep);
    map_each(&child->nodes, entry) {
        const Node *node = entry->value;
        if (node->kind != NODE_OUTPUT)
            continue;
        Slot *slot = node_slot(node, instance);
        Value value;
        slot->value = value_find(override->values, node->as.output->name, &value)
                          ? value
                          : value_null(&TYPE_DYNAMIC);
        slot->is_set = true;
    }
    return instance;
}

static ModuleInstance *new_instance(NodeVisit *visit, ModuleInstance *caller, InstanceKey key,
                                    Value each, RepetitionKind kind) {
    const ModuleCall *call = visit->node->as.call;
    const ModuleAddr *address = module_addr_child(caller->address, call->name, key, visit->scratch);
    const TestOverride *override = mocking_find_module(visit->walk, address);
    return override
               ? module_make_up(visit, override, caller, key, each)
               : node_module_instance(visit->node->child, caller, key, each, kind, visit->keep);
}

static ModuleExpansion *expand_call(NodeVisit *visit, ModuleInstance *caller) {
    const ModuleCall *call = visit->node->as.call;
    ModuleScope scope;
    module_scope_init(&scope, visit->walk, caller);
    ModuleExpansion *module = arena_new(visit->keep, ModuleExpansion);
    Repetition repetition = {call->count, call->for_each, call->enabled};
    Expansion expansion;
    bool is_deferred =
        visit->walk->phase == PHASE_APPLY &&
        deferrals_has_block(visit->walk, deferrals_call_text(caller, call->name, visit->scratch));
    if (is_deferred)
        expansion = deferrals_expand(visit->walk, REPEAT_NONE);
    else if (!expand_evaluate(&repetition, &scope, &expansion, visit->keep, &visit->diags))
        return NULL;
    if (expansion.is_unknown && deferrals_reach_dependents(visit->walk))
        visit->node->is_deferred = true;
    module->expansion = expansion;
    walk_log_expansion(visit->node, caller, &expansion);
    size_t count = expansion.count;
    module->instances = arena_new_array(visit->keep, ModuleInstance *, count + 1);
    InstanceKey unknown =
        visit->walk->phase == PHASE_VALIDATE ? KEY_ABSENT : (InstanceKey){.kind = KEY_UNKNOWN};
    for (size_t i = 0; i < count; i++) {
        InstanceKey key = expansion.is_unknown ? unknown : expansion.keys[i];
        Value each = expansion.is_unknown ? value_unknown(&TYPE_DYNAMIC)
                                          : value_clone(expansion.values[i], visit->keep);
        if (key.kind == KEY_STRING)
            key.text = str_clone(key.text, visit->keep);
        module->instances[i] = new_instance(visit, caller, key, each, expansion.kind);
    }
    return module;
}

bool node_module_visit(NodeVisit *visit) {
    bool ok = true;
    vec_each(&visit->node->module->instances, item) {
        ModuleExpansion *expansion = expand_call(visit, *item);
        if (!expansion) {
            ok = false;
            continue;
        }
        Slot *slot = node_slot(visit->node, *item);
        slot->payload = expansion;
        slot->is_set = true;
    }
    return ok;
}
