/* transform: the steps that build a graph, in the order in which plan_graph.c and apply_graph.c
 * list them. Each adds nodes or edges to the walk under construction, or takes some out. */
#pragma once

#include "node.h"

typedef struct Transform {
    const char *name;
    bool (*run)(EngineWalk *walk, Diags *diags);
} Transform;

#define TRANSFORM(name)                                                                            \
    { #name, transform_##name }

/* Runs one step; logs its name, the nodes after it and its duration. */
MUST_USE bool transform_run(const Transform *step, EngineWalk *walk, Diags *diags);

/* Nodes for every block of every module of the configuration. */
MUST_USE bool transform_config(EngineWalk *walk, Diags *diags);
/* A provider configuration for every resource; nodes for those in use. */
MUST_USE bool transform_provider(EngineWalk *walk, Diags *diags);
/* Import blocks, before the resources that they bring something to. */
MUST_USE bool transform_import(EngineWalk *walk, Diags *diags);
/* Types, schemas, decoded bodies. */
MUST_USE bool transform_schema(EngineWalk *walk, Diags *diags);
/* What the state knows joins the nodes of its blocks; the rest become orphans. */
MUST_USE bool transform_state(EngineWalk *walk, Diags *diags);
/* Binds every name to its node and draws the edges. */
MUST_USE bool transform_reference(EngineWalk *walk, Diags *diags);
/* Data sources of checks wait for everything else. */
MUST_USE bool transform_check(EngineWalk *walk, Diags *diags);
/* The planned changes join their nodes. */
MUST_USE bool transform_diff(EngineWalk *walk, Diags *diags);
/* create_before_destroy is forced on what such a resource depends on. */
MUST_USE bool transform_lifecycle(EngineWalk *walk, Diags *diags);
/* Mirrors of the nodes, which delete in the opposite order. */
MUST_USE bool transform_destroy(EngineWalk *walk, Diags *diags);
/* Takes out what -target does not need. */
MUST_USE bool transform_target(EngineWalk *walk, Diags *diags);
/* Ephemeral resources are closed after their last user. */
MUST_USE bool transform_ephemeral(EngineWalk *walk, Diags *diags);
/* Takes out what -exclude names, with its users. */
MUST_USE bool transform_exclude(EngineWalk *walk, Diags *diags);
/* Takes out the values that a destruction does not evaluate. */
MUST_USE bool transform_prune(EngineWalk *walk, Diags *diags);
/* No cycles, and what each resource depends on. */
MUST_USE bool transform_finish(EngineWalk *walk, Diags *diags);

/* Binds one name of a module, for the console. */
MUST_USE bool transform_bind(EngineWalk *walk,
                             EngineModule *module,
                             Traversal *traversal,
                             Diags *diags);
/* The provider node of a name in a module; made on demand. */
Node *transform_provider_find(EngineWalk *walk,
                              EngineModule *module,
                              ProviderRef ref,
                              Diags *diags);
