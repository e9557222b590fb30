/* Attaches resources of the state to the nodes of their blocks. Resources without a block become
 * orphans. */
#include "transform.h"

/* An orphan gets create_before_destroy from the objects in the state. */
static void remember_flags(ResourceNode *resource, const StateResource *stored) {
    vec_each(&stored->instances, instance) {
        if (instance->current && instance->current->create_before_destroy)
            resource->create_before_destroy = true;
    }
}

static Node *find_orphan(EngineWalk *walk, StateResource *stored, Map *orphans, Diags *diags) {
    OrphanRequest request = {
        .resource = stored->address,
        .provider_config = stored->provider_config,
    };
    Node *node = transform_locate_orphan(walk, &request, orphans, diags);
    if (node)
        remember_flags(node->as.resource, stored);
    return node;
}

bool transform_state(EngineWalk *walk, Diags *diags) {
    if (!walk->state)
        return true;
    size_t before = diags->error_count;
    Map orphans = map_new(walk->arena);
    StateResources resources = {0};
    state_sorted_resources(walk->state, &resources, walk->arena);
    vec_each(&resources, item) {
        StateResource *stored = *item;
        if (stored->instances.count == 0)
            continue;
        Node *node = transform_locate_block(walk, stored->address);
        if (!node)
            node = find_orphan(walk, stored, &orphans, diags);
        if (!node)
            continue;
        ResourceNode *resource = node->as.resource;
        if (!resource->stored_by_module.arena)
            resource->stored_by_module = map_new(walk->arena);
        vec_push(walk->arena, &resource->stored, stored);
        map_set(&resource->stored_by_module,
                module_addr_to_str(stored->address.module, walk->arena), stored);
    }
    return diags->error_count == before;
}
