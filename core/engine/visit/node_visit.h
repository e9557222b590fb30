/* node_visit: the visit of one node by a worker of the walk, and the visit functions of all kinds
 * of nodes. */
#pragma once

#include "instance_op.h"
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

/* Runs the graph once, then closes ephemeral objects and providers. Returns false if a node failed
 * or was skipped; the diagnostics are in walk->sink. */
bool node_visit_run(EngineWalk *walk);

/* Each visits one node, and returns false if the node failed. node_<kind>.c or the file of the same
 * block defines it; node_resource_destroy.c defines node_destroy_visit. */
bool node_variable_visit(NodeVisit *visit);
bool node_local_visit(NodeVisit *visit);
bool node_output_visit(NodeVisit *visit);
bool node_module_visit(NodeVisit *visit);
bool node_module_value_visit(NodeVisit *visit);
bool node_provider_visit(NodeVisit *visit);
/* Closes all providers of the walk. Call it after the walk, and after node_ephemeral_end. */
void node_provider_close(EngineWalk *walk);
bool node_resource_visit(NodeVisit *visit); /* expands the block and submits a task per instance */
bool node_resource_value_visit(NodeVisit *visit); /* builds the value that references see */
bool node_orphan_visit(NodeVisit *visit);
bool node_import_visit(NodeVisit *visit);
bool node_check_visit(NodeVisit *visit);
bool node_ephemeral_close_visit(NodeVisit *visit);
bool node_invoke_visit(NodeVisit *visit);
bool node_destroy_visit(NodeVisit *visit);

/* Tasks of one instance. instance_plan.h and its siblings declare those of resources. */
bool node_data_plan(Walk *pool, void *record, uint32_t worker);
bool node_data_plan_placeholder(Walk *pool, void *record, uint32_t worker);
bool node_data_apply(Walk *pool, void *record, uint32_t worker);
bool node_ephemeral_open(Walk *pool, void *record, uint32_t worker); /* plan and apply */

/* Prepares walk->ephemerals. Call before the walk. */
void node_ephemeral_begin(EngineWalk *walk);
/* Call after the walk, before the providers are closed. Closes the objects that are still open
 * because their close node was skipped. Adds errors to the walk's sink; returns false if there were
 * any. */
bool node_ephemeral_end(EngineWalk *walk);

/* Sets the import id of each imported record that has no object yet; in the first pass of a
 * destroy, of none. Call it after all module instances have records. Returns false with an error if
 * an address occurs twice or has no instance. */
MUST_USE bool node_import_assign(NodeVisit *visit);
