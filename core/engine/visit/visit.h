/* visit: what the walk calls for a node, and the parts by kind of node. */
#pragma once

#include "evaluate.h"
#include "job.h"

/* What a visit of a node without own instances works with. */
typedef struct Visit {
    EngineWalk *walk;
    Walk *tasks; /* where to submit */
    Node *node;
    uint32_t worker;
    Arena *keep;    /* of what outlives the walk */
    Arena *passing; /* of what goes with it */
    Arena *scratch;
    Diags diags;
} Visit;

/* Runs the graph; false when a node failed (diagnostics are in walk->sink). */
bool visit_run(EngineWalk *walk);

/* Apply: something that has to go before this node is looked at is still there. */
bool visit_is_blocked(const Visit *visit);

/* One file each: node_<kind>.c. False: failed. */
bool node_variable_visit(Visit *visit);
bool node_local_visit(Visit *visit);
bool node_output_visit(Visit *visit);
bool node_module_visit(Visit *visit);
bool node_module_value_visit(Visit *visit);
bool node_provider_visit(Visit *visit);
void node_provider_close(EngineWalk *walk);
bool node_resource_visit(Visit *visit);       /* expands, submits the instances' tasks */
bool node_resource_value_visit(Visit *visit); /* what references see */
bool node_orphan_visit(Visit *visit);
bool node_import_visit(Visit *visit);
bool node_check_visit(Visit *visit);
bool node_ephemeral_close_visit(Visit *visit);
bool node_destroy_visit(Visit *visit);

/* Tasks on one instance. */
bool node_resource_validate(Walk *tasks, void *record, uint32_t worker);
bool node_resource_plan(Walk *tasks, void *record, uint32_t worker);
bool node_resource_plan_destroy(Walk *tasks, void *record, uint32_t worker);
bool node_resource_apply(Walk *tasks, void *record, uint32_t worker);
bool node_resource_destroy(Walk *tasks, void *record, uint32_t worker);
bool node_data_plan(Walk *tasks, void *record, uint32_t worker);
bool node_data_apply(Walk *tasks, void *record, uint32_t worker);
bool node_ephemeral_open(Walk *tasks, void *record, uint32_t worker); /* plan and apply */
/* Refresh and recovery, shared by plan and plan-destroy: the prior object as it really is. */
MUST_USE bool node_resource_refresh(Job *job, Value *out);
