/* The planned changes join the nodes of their blocks; a block that is gone gets an orphan. */
#include "removal.h"
#include "transform.h"
#include "transform_locate.h"

static ResourceNode *attach_orphan(EngineWalk *walk,
                                   const ResourceChange *change,
                                   Map *orphans,
                                   Diags *diags) {
    Str address = resource_addr_to_config_str(change->address, walk->arena);
    Node *node = map_find(orphans, address);
    if (!node) {
        OrphanRequest request = {
            .resource = change->address,
            .address = address,
            .provider = change->provider,
            .provider_alias = change->provider_alias,
            .provider_module = change->provider_module,
        };
        node = transform_locate_orphan(walk, &request, diags);
        if (!node)
            return NULL;
        map_set(orphans, address, node);
        node->as.resource->create_before_destroy = change->create_before_destroy;
        node->as.resource->removed =
            removal_find(walk->engine->config, change->address, walk->arena);
    }
    return node->as.resource;
}

bool transform_diff(EngineWalk *walk, Diags *diags) {
    bool ok = true;
    Map orphans = map_new(walk->arena);
    vec_each(&walk->plan->changes, change) {
        Node *node = transform_locate_block(walk, change->address);
        ResourceNode *resource =
            node ? node->as.resource : attach_orphan(walk, change, &orphans, diags);
        if (!resource) {
            ok = false;
            continue;
        }
        ChangeRun *run = arena_new(walk->arena, ChangeRun);
        run->change = change;
        vec_push(walk->arena, &resource->planned, run);
    }
    return ok;
}
