/* visit: the visit of one node by a worker of the walk. */
#pragma once

#include "evaluate.h"
#include "node.h"

typedef struct Visit {
    EngineWalk *walk;
    Walk *tasks; /* receives the tasks of instances */
    Node *node;
    uint32_t worker;
    Arena *keep;    /* outlives the walk */
    Arena *passing; /* freed with the walk */
    Arena *scratch; /* reset after the visit */
    Diags diags;
} Visit;

/* Apply: returns true if a deletion that must precede this node failed. */
bool visit_is_blocked(const Visit *visit);
