/* node_visit: the visit of one node by a worker of the walk. */
#pragma once

#include "module_scope.h"

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

/* Runs the graph once, then closes ephemeral objects and providers. Returns false if a node failed
 * or was skipped; the diagnostics are in walk->sink. */
bool node_visit_run(EngineWalk *walk);

/* Prepares walk->ephemerals. Call before the walk. */
void node_ephemeral_begin(EngineWalk *walk);
/* Call after the walk, before the providers are closed. Closes the objects that are still open
 * because their close node was skipped. Adds errors to the walk's sink; returns false if there were
 * any. */
bool node_ephemeral_end(EngineWalk *walk);

/* Sets the import id of each imported record that has no object yet; in the first pass of a
 * destroy, of none. Call it after all module instances have records. Returns false with an error if
 * an address occurs twice or has no instance. */
MUST_USE bool imports_assign(NodeVisit *visit);
