/* node_kinds: the visit functions of all kinds of nodes, and the tasks of instances. */
#pragma once

#include "instance_op.h"
#include "node_visit.h"

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
