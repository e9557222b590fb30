/* visit: the visit of one node by a worker of the walk. */
#pragma once

#include "module_scope.h"
#include "node.h"

typedef struct NodeVisit {
    EngineWalk *walk;
    Walk *tasks; /* receives the tasks of instances */
    Node *node;
    uint32_t worker;
    Arena *keep;       /* outlives the walk */
    Arena *walk_arena; /* freed with the walk */
    Arena *scratch;    /* reset after the visit */
    Diags diags;
} NodeVisit;

/* Apply: returns true if a deletion that must precede this node failed. */
bool node_visit_is_blocked(const NodeVisit *visit);
