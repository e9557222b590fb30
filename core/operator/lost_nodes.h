/* LostNodes: since when nodes have been seen as not ready, by the monotonic clock of this machine.
 * Clocks of other machines decide nothing: the time of a node's condition only shows that it has
 * changed meanwhile. A controller that starts again measures again. The caller holds a lock. */
#pragma once

#include "kube_call.h"
#include "map.h"

typedef struct LostNodes {
    Map since; /* name → LostNode */
    Arena *arena;
} LostNodes;

/* What an API server says about a node. */
typedef struct NodeSight {
    bool is_lost; /* it exists, and its condition Ready is not True */
    int64_t changed_ms;
} NodeSight;

/* Reads a node; holds no lock. One that cannot be read is not lost. */
NodeSight lost_nodes_read(const KubeCall *call, Str name);
void lost_nodes_put(LostNodes *nodes, Str name, NodeSight sight, int64_t monotonic_ms);
/* Returns when the node was first seen as lost; -1: it is not. */
int64_t lost_nodes_since(const LostNodes *nodes, Str name);
