/* transform_locate: finds the nodes for addresses of the state or a plan. */
#pragma once

#include "node.h"

/* Returns the node of the block for an instance or a block address; NULL if the configuration has
 * none. */
Node *transform_locate_block(EngineWalk *walk, ResourceAddr address);
/* Like transform_locate_block, but the address is relative to the module `from`. */
Node *transform_locate_below(EngineWalk *walk, EngineModule *from, ResourceAddr address);

typedef struct OrphanRequest {
    ResourceAddr resource;
    ProviderConfigAddr provider_config;
} OrphanRequest;

/* Returns the node of a resource without a block, with its provider and type, and adds it on first
 * use. Returns NULL if there is none; except for an unknown type in a plan, this is an error.
 * `orphans` contains the nodes added so far, by configuration address. */
Node *transform_locate_orphan(EngineWalk *walk, const OrphanRequest *request, Map *orphans,
                              Diags *diags);
