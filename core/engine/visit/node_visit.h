/* node_visit: the visit of one node by a worker of the walk. */
#pragma once

#include "module_scope.h"
#include "node.h"

typedef struct NodeVisit {
    EngineWalk *walk;
    Walk *pool; /* receives the tasks of instances */
    Node *node;
    uint32_t worker;
    Arena *keep;       /* for results that outlive the walk */
    Arena *walk_arena; /* freed with the walk */
    Arena *scratch;    /* reset after the visit */
    Diags diags;
} NodeVisit;

/* Apply: returns true if a deletion that must precede this node failed. Failed deletions of its own
 * objects do not count: they fail only their instances. */
bool node_visit_is_blocked(const NodeVisit *visit);
