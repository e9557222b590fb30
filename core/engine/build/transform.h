/* transform: the steps that build a graph, and the graphs as lists of them: plan_graph.c and
 * apply_graph.c. Each step adds nodes or edges to the walk under construction, or deselects
 * nodes. */
#pragma once

#include "node.h"

typedef struct Transform {
    const char *name;
    bool (*run)(EngineWalk *walk, Diags *diags);
} Transform;

#define TRANSFORM(name)                                                                            \
    { #name, transform_##name }

/* Runs one step. Logs its name, its duration, and the number of nodes after it. */
MUST_USE bool transform_run(const Transform *step, EngineWalk *walk, Diags *diags);

/* Adds nodes for every block of every module of the configuration. */
MUST_USE bool transform_config(EngineWalk *walk, Diags *diags);
/* Finds the provider configuration of every resource, and adds nodes for those in use. */
MUST_USE bool transform_provider(EngineWalk *walk, Diags *diags);
/* Checks that the providers which the state names for objects with a block are available. */
MUST_USE bool transform_stored(EngineWalk *walk, Diags *diags);
/* Adds nodes for import blocks, as dependencies of the resources that they import to. */
MUST_USE bool transform_import(EngineWalk *walk, Diags *diags);
/* Finds types and schemas, and decodes bodies. */
MUST_USE bool transform_schema(EngineWalk *walk, Diags *diags);
/* Attaches resources of the state to the nodes of their blocks. Resources without a block become
 * orphans. */
MUST_USE bool transform_state(EngineWalk *walk, Diags *diags);
/* Binds every name to its node and adds the edges. */
MUST_USE bool transform_reference(EngineWalk *walk, Diags *diags);
/* Adds nodes for the invocations that the user requests or the plan contains. */
MUST_USE bool transform_invoke(EngineWalk *walk, Diags *diags);
/* Makes data sources of checks depend on all other resources. */
MUST_USE bool transform_check(EngineWalk *walk, Diags *diags);
/* Attaches planned changes to their nodes. */
MUST_USE bool transform_diff(EngineWalk *walk, Diags *diags);
/* Forces create_before_destroy on everything that a resource with that argument depends on. */
MUST_USE bool transform_lifecycle(EngineWalk *walk, Diags *diags);
/* Adds mirrors of the nodes, which delete in the reverse order, if the plan deletes anything. */
MUST_USE bool transform_destroy(EngineWalk *walk, Diags *diags);
/* Deselects nodes that -target does not need. */
MUST_USE bool transform_target(EngineWalk *walk, Diags *diags);
/* Adds nodes that close ephemeral resources after their last user. */
MUST_USE bool transform_ephemeral(EngineWalk *walk, Diags *diags);
/* Deselects blocks that -exclude names, and their users. */
MUST_USE bool transform_exclude(EngineWalk *walk, Diags *diags);
/* In a destroy, deselects values that are not evaluated. */
MUST_USE bool transform_prune(EngineWalk *walk, Diags *diags);
/* In a query, deselects everything that no list depends on. */
MUST_USE bool transform_query(EngineWalk *walk, Diags *diags);
/* Finishes the graph, rejects cycles, and collects the dependencies of each resource. */
MUST_USE bool transform_finish(EngineWalk *walk, Diags *diags);

/* Binds one name of a module, for the console. Adds no edge, because the walk is over. */
MUST_USE bool transform_bind(EngineWalk *walk, EngineModule *module, Traversal *traversal,
                             Diags *diags);
/* Returns the provider node for a name in a module, and adds it on first use; NULL with an
 * error. */
Node *transform_provider_find(EngineWalk *walk, EngineModule *module, ProviderRef ref,
                              Diags *diags);
/* The same for the address of a provider configuration, as states and plans store it. */
Node *transform_provider_locate(EngineWalk *walk, EngineModule *module, ProviderConfigAddr address,
                                Diags *diags);

/* Builds the graph of validate, plan and the console. Requires walk->phase and options; walk->state
 * may be NULL. */
MUST_USE bool plan_graph_build(EngineWalk *walk, Diags *diags);

/* Builds the graph of apply. Requires walk->phase, options, plan and, unless the graph is only
 * printed, working. */
MUST_USE bool apply_graph_build(EngineWalk *walk, Diags *diags);

/* Returns the node of the block for an instance or a block address; NULL if the configuration has
 * none. */
Node *transform_locate_block(EngineWalk *walk, ResourceAddr address);
/* Like transform_locate_block, but the address is relative to the module `from`. */
Node *transform_locate_below(EngineWalk *walk, EngineModule *from, ResourceAddr address);

typedef struct OrphanRequest {
    ResourceAddr resource;
    ProviderConfigAddr provider_config;
} OrphanRequest;

/* Returns the node of a resource without a block, with its provider and type, and adds it on first
 * use. Returns NULL if there is none; except for an unknown type in a plan, this is an error.
 * `orphans` contains the nodes added so far, by configuration address. */
Node *transform_locate_orphan(EngineWalk *walk, const OrphanRequest *request, Map *orphans,
                              Diags *diags);
