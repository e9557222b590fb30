/* transform_locate: from addresses of the state or a plan to nodes of the graph. */
#pragma once

#include "node.h"

/* The block's node, or NULL when the configuration has none. */
Node *transform_locate_block(EngineWalk *walk, ResourceAddr address);

typedef struct OrphanRequest {
    ResourceAddr resource;
    Str address; /* configuration address */
    Str provider;
    Str provider_alias;
    Str provider_module;
} OrphanRequest;

/* A node for what no block has, with its provider and type; NULL with an error. */
Node *transform_locate_orphan(EngineWalk *walk, const OrphanRequest *request, Diags *diags);
