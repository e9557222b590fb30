/* Attaches planned changes to the nodes of their blocks. A change without a block gets an
 * orphan. */
#include "transform.h"

static ResourceNode *attach_orphan(EngineWalk *walk, const ResourceChange *change, Map *orphans,
                                   Diags *diags) {
    OrphanRequest request = {
        .resource = change->address,
        .provider_config = change->provider_config,
    };
    Node *node = transform_locate_orphan(walk, &request, orphans, diags);
    if (!node)
        return NULL;
    ResourceNode *resource = node->as.resource;
    if (resource->planned.count == 0)
        resource->create_before_destroy = change->create_before_destroy;
    return resource;
}

/* A deferred change without a block is not applied, so it needs no orphan. */
static void attach_deferred(EngineWalk *walk) {
    vec_each(&walk->plan->deferred, deferred) {
        Node *node = transform_locate_block(walk, deferred->change.address);
        if (node)
            vec_push(walk->arena, &node->as.resource->deferred, deferred);
    }
}

bool transform_diff(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    attach_deferred(walk);
    Map orphans = map_new(walk->arena);
    vec_each(&walk->plan->changes, change) {
        Node *node = transform_locate_block(walk, change->address);
        ResourceNode *resource =
            node ? node->as.resource : attach_orphan(walk, change, &orphans, diags);
        if (!resource) {
            ok = false;
            continue;
        }
        PlannedChange *run = arena_new(walk->arena, PlannedChange);
        run->change = change;
        run->create_before_destroy = resource->create_before_destroy;
        vec_push(walk->arena, &resource->planned, run);
    }
    return ok;
}
