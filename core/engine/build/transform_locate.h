/* transform_locate: from addresses of the state or a plan to nodes of the graph. */
#pragma once

#include "node.h"

/* The block's node, or NULL when the configuration has none. */
Node *transform_locate_block(EngineWalk *walk, ResourceAddr address);

typedef struct OrphanRequest {
    ResourceAddr resource;
    ProviderConfigAddr provider_config;
} OrphanRequest;

/* The node for what no block has, with its provider and type, made for its first instance; NULL
 * with an error. `orphans` are those made so far, by configuration address. */
Node *transform_locate_orphan(EngineWalk *walk,
                              const OrphanRequest *request,
                              Map *orphans,
                              Diags *diags);
