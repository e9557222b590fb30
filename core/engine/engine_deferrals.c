/* engine_deferrals: gathers deferrals, and finds the deletions that they delay. */
#include "engine_walk.h"

#include "deferrals.h"

typedef struct DeferralGathering {
    Plan *plan;
    Map held;     /* configuration addresses of stored objects that deferred ones depend on */
    Map causes;   /* configuration addresses of blocks whose changes a read waits for */
    Map deferred; /* configuration addresses of deferred blocks */
    Arena *arena;
} DeferralGathering;

static void engine_deferrals_add_block(DeferralGathering *gathering, Str address) {
    vec_push(gathering->arena, &gathering->plan->deferred_blocks,
             str_clone(address, gathering->arena));
}

static void gather_calls(DeferralGathering *gathering, const Node *node) {
    vec_each(&node->module->instances, caller) {
        const ModuleExpansion *expansion = node_slot(node, *caller)->payload;
        if (expansion && expansion->expansion.is_unknown && !deferrals_is_placeholder(*caller))
            engine_deferrals_add_block(
                gathering, deferrals_call_text(*caller, node->as.call->name, gathering->arena));
    }
}

static void gather_ephemerals(DeferralGathering *gathering, const Node *node) {
    vec_each(&node->module->instances, module) {
        const ResourceExpansion *expansion = node_slot(node, *module)->payload;
        for (size_t i = 0; expansion && i < expansion->expansion.count; i++) {
            const InstanceRecord *record = &expansion->records[i];
            if (record->deferral || record->keys_unknown)
                engine_deferrals_add_block(gathering,
                                           resource_addr_to_str(record->address, gathering->arena));
        }
    }
}

static bool waits_for_changes(const Node *node) {
    if (node->as.resource->config->mode == MODE_EPHEMERAL)
        return true;
    vec_each(&node->module->instances, module) {
        const ResourceExpansion *expansion = node_slot(node, *module)->payload;
        for (size_t i = 0; expansion && i < expansion->expansion.count; i++) {
            const ResourceChange *change = expansion->records[i].planned;
            if (change && change->reason == REASON_READ_BECAUSE_DEPENDENCY_PENDING)
                return true;
        }
    }
    return false;
}

static void gather_blocks(EngineWalk *walk, DeferralGathering *gathering) {
    vec_each(&walk->nodes, node) {
        if (!(*node)->is_selected)
            continue;
        if ((*node)->kind == NODE_MODULE)
            gather_calls(gathering, *node);
        if ((*node)->kind != NODE_RESOURCE || (*node)->as.resource->config->mode == MODE_MANAGED)
            continue;
        if ((*node)->as.resource->config->mode == MODE_EPHEMERAL)
            gather_ephemerals(gathering, *node);
        /* A read waits for the deletions of its dependencies, and may be why a block has unknown
         * keys. Such a deletion cannot wait for the block in turn. */
        const ResourceNode *resource = (*node)->as.resource;
        size_t count = waits_for_changes(*node) ? resource->dependency_count : 0;
        for (size_t i = 0; i < count; i++)
            map_set(&gathering->causes, resource->dependencies[i], gathering);
    }
}

/* An object that stays in this round keeps the objects that it depends on. */
static void engine_deferrals_hold(InstanceRecord *record, void *payload) {
    DeferralGathering *gathering = payload;
    const StateObject *object = record->stored ? record->stored->current : NULL;
    if ((!record->deferral && !record->may_stay) || !object)
        return;
    for (size_t i = 0; i < object->dependency_count; i++)
        map_set(&gathering->held, object->dependencies[i], gathering);
}

/* Deletions of dependents come first, so a deferred deletion does not delay them. */
static void note_deferred(DeferralGathering *gathering) {
    vec_each(&gathering->plan->deferred, deferred) {
        const ResourceChange *change = &deferred->change;
        if (gathering->plan->mode == PLAN_NORMAL && change->action != ACTION_DELETE)
            map_set(&gathering->deferred,
                    resource_addr_to_config_str(change->address, gathering->arena), gathering);
    }
}

/* Returns why a deletion waits; DEFERRAL_NONE if it does not. */
static Deferral deferral_of(const DeferralGathering *gathering, const ResourceChange *change) {
    if (change->action != ACTION_DELETE || change->address.mode != MODE_MANAGED)
        return DEFERRAL_NONE;
    Str block = resource_addr_to_config_str(change->address, gathering->arena);
    if (map_has(&gathering->held, block) && !map_has(&gathering->causes, block))
        return DEFERRAL_DEPENDENT;
    for (size_t i = 0; i < change->dependency_count; i++) {
        if (map_has(&gathering->deferred, change->dependencies[i]))
            return DEFERRAL_PREREQUISITE;
    }
    return DEFERRAL_NONE;
}

/* Returns true if other changes are left to apply, apart from reads, which later plans repeat. */
static bool can_wait(const DeferralGathering *gathering) {
    vec_each(&gathering->plan->changes, change) {
        bool is_progress = change->action != ACTION_NO_OP && change->action != ACTION_READ;
        if (is_progress && !deferral_of(gathering, change))
            return true;
    }
    return false;
}

static void defer_held(DeferralGathering *gathering) {
    Plan *plan = gathering->plan;
    size_t kept = 0;
    vec_each(&plan->changes, change) {
        DeferredChange deferred = {deferral_of(gathering, change), *change};
        if (deferred.deferral)
            vec_push(gathering->arena, &plan->deferred, deferred);
        else
            plan->changes.items[kept++] = *change;
    }
    plan->changes.count = kept;
}

void engine_deferrals_gather(EngineWalk *walk, Plan *plan, Arena *arena) {
    if (!deferrals_are_allowed(walk))
        return;
    DeferralGathering gathering = {plan, map_new(arena), map_new(arena), map_new(arena), arena};
    if (deferrals_reach_dependents(walk))
        gather_blocks(walk, &gathering);
    note_deferred(&gathering);
    engine_walk_each_record(walk, engine_deferrals_hold, &gathering);
    bool is_idle = gathering.held.count + gathering.deferred.count == 0;
    if (!is_idle && can_wait(&gathering))
        defer_held(&gathering);
    if (plan_has_deferrals(plan))
        plan->complete = false;
}
