/* deferrals: expansions with placeholders, and lookups in a plan with deferrals. */
#include "deferrals.h"

bool deferrals_are_allowed(const EngineWalk *walk) {
    if (walk->phase == PHASE_APPLY)
        return plan_has_deferrals(walk->plan);
    return walk->phase == PHASE_PLAN && walk->options->allows_deferral;
}

bool deferrals_reach_dependents(const EngineWalk *walk) {
    if (!deferrals_are_allowed(walk))
        return false;
    PlanMode mode = walk->phase == PHASE_APPLY ? walk->plan->mode : walk->options->mode;
    return mode == PLAN_NORMAL;
}

Expansion deferrals_expand(const EngineWalk *walk, RepetitionKind kind) {
    bool has_placeholder = walk->phase == PHASE_PLAN && walk->options->mode == PLAN_NORMAL &&
                           !walk->options->is_preflight;
    return (Expansion){.kind = kind, .is_unknown = true, .count = has_placeholder ? 1 : 0};
}

bool deferrals_is_placeholder(const ModuleInstance *module) {
    return module->key.kind == KEY_UNKNOWN;
}

bool deferrals_may_have(RepetitionKind kind, InstanceKey key) {
    switch (kind) {
    case REPEAT_NONE: return key.kind == KEY_NONE;
    case REPEAT_COUNT: return key.kind == KEY_INT;
    case REPEAT_EACH: return key.kind == KEY_STRING;
    }
    return false;
}

static ModuleInstance *deferrals_find_child(const EngineModule *module,
                                            const ModuleInstance *parent, Str name, InstanceKey key,
                                            Arena *scratch) {
    const ModuleAddr *address = module_addr_child(parent->address, name, key, scratch);
    return map_find(&module->instances_by_address, module_addr_to_str(address, scratch));
}

/* Returns the module instance at an address, or else the placeholder that may stand for it; NULL if
 * there is neither. */
static ModuleInstance *deferrals_find_instance(const EngineModule *module,
                                               const ModuleAddr *address, Arena *scratch) {
    if (!module->parent)
        return module->instances.items[0];
    const ModuleInstance *parent =
        deferrals_find_instance(module->parent, address->parent, scratch);
    if (!parent || module->instances.count == 0)
        return NULL;
    ModuleInstance *found =
        deferrals_find_child(module, parent, address->name, address->key, scratch);
    if (found)
        return found;
    InstanceKey unknown = {.kind = KEY_UNKNOWN};
    found = deferrals_find_child(module, parent, address->name, unknown, scratch);
    return found && deferrals_may_have(found->repetition, address->key) ? found : NULL;
}

bool deferrals_may_have_module(const EngineModule *module, const ModuleAddr *address,
                               Arena *scratch) {
    return deferrals_find_instance(module, address, scratch) != NULL;
}

Str deferrals_call_text(const ModuleInstance *caller, Str name, Arena *arena) {
    InstanceKey unknown = {.kind = KEY_UNKNOWN};
    return module_addr_to_str(module_addr_child(caller->address, name, unknown, arena), arena);
}

static int deferrals_compare_texts(const void *wanted, const void *item) {
    return str_compare(*(const Str *)wanted, *(const Str *)item);
}

bool deferrals_has_block(const EngineWalk *walk, Str address) {
    const StrVec *blocks = &walk->plan->deferred_blocks;
    return blocks->count > 0 && bsearch(&address, blocks->items, blocks->count, sizeof(address),
                                        deferrals_compare_texts) != NULL;
}

static int deferrals_compare_address(const void *wanted, const void *item) {
    const ResourceChange *change = &(*(const DeferredChange *const *)item)->change;
    int order = resource_addr_compare(*(const ResourceAddr *)wanted, change->address);
    return order ? order : str_compare(STR_EMPTY, change->deposed);
}

const DeferredChange *deferrals_find(const ResourceNode *resource, ResourceAddr address) {
    if (resource->deferred.count == 0)
        return NULL;
    const DeferredChange *const *found =
        bsearch(&address, resource->deferred.items, resource->deferred.count,
                sizeof(*resource->deferred.items), deferrals_compare_address);
    return found ? *found : NULL;
}

/* `is_deferred` is only set where deferrals reach dependents. */
Deferral deferrals_of_needs(const Node *node, const ProviderNode *provider) {
    if (node->is_deferred)
        return DEFERRAL_PREREQUISITE;
    return provider->has_unknown && node->as.resource->provider->is_deferred
               ? DEFERRAL_PROVIDER_CONFIG
               : DEFERRAL_NONE;
}
