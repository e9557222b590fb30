/* engine: validates, plans and applies a configuration for the commands.
 *
 *   config + state ─ plan graph ─ walk ─→ Plan, refreshed state
 *   Plan + config  ─ apply graph ─ walk ─→ WorkingState, outputs
 *
 * The command fills in an Engine. The main thread calls these functions and waits. Walk workers
 * call providers; a separate thread renews ephemeral objects, and the main thread closes
 * providers. */
#pragma once

#include "engine_context.h"
#include "graph.h"
#include "working_state.h"

typedef struct PlanResult {
    /* Set even if planning failed part-way (plan->errored). NULL: it failed before the walk or in
     * the first pass of a destroy, or moved blocks are invalid. */
    Plan *plan;
    State *refreshed;  /* initial state of the apply; shares objects with `prior` */
    Listings listings; /* of a query, by address; lists that failed are missing */
} PlanResult;

/* Returns true if the diagnostic is about a check block or its data source. */
bool engine_is_of_check(const Diag *diag);
/* Validates names, types and arguments. Needs no state; providers are not configured, they only
 * validate arguments. */
MUST_USE bool engine_validate(const Engine *engine, Diags *diags);
/* Notes in `config`, the valid configuration of the engine, the blocks of resources that need a
 * newer language. The loader of the configuration cannot, because it knows no schemas. */
void engine_newer_blocks(const Engine *engine, Config *config, Arena *arena);
/* Plans changes from `prior`, which is not modified. Returns false on errors; `*out` may then hold
 * a partial plan. */
MUST_USE bool engine_plan(const Engine *engine, const PlanOptions *options, const State *prior,
                          PlanResult *out, Arena *arena, Diags *diags);
/* Applies the plan and saves the state, also after failures. On entry, `working` is the plan's
 * refreshed state; on return, it is the resulting state. */
MUST_USE bool engine_apply(const Engine *engine, const PlanOptions *options, const Plan *plan,
                           WorkingState *working, Arena *arena, Diags *diags);
/* Continues the interrupted apply of a saved plan. `left`: the state that it left, which no other
 * run has changed; result->refreshed: the prior state of the plan. On success, result->plan has the
 * changes that are still to be made, and result->refreshed the objects that exist. Returns false if
 * the rest differs from what the plan approves. */
MUST_USE bool engine_continue(const Engine *engine, const PlanOptions *options, const State *left,
                              PlanResult *result, Arena *arena, Diags *diags);
/* The objects of one resource instance. */
typedef struct GitopsResult {
    ResourceAddr address;
    GitopsRows rows;
} GitopsResult;

typedef VEC(GitopsResult) GitopsResults;

/* Returns whether the type of a resource of the state has the slot `gitops`. */
bool engine_has_gitops(const Engine *engine, const StateResource *resource);
/* Calls the slot `gitops` of the instances of the state that options->targets name, with their
 * provider configurations; options->gitops says what for. Other objects have the values of the
 * state, and nothing is read or planned. The results are ordered by address, those of failed calls
 * are missing. */
MUST_USE bool engine_gitops(const Engine *engine, const PlanOptions *options, const State *state,
                            GitopsResults *out, Arena *arena, Diags *diags);
/* The console: evaluates expressions of a module instance, at first the root, with the values of
 * the state, or with those of a plan or apply if PlanOptions.console is set. */
typedef struct EngineConsole EngineConsole;
MUST_USE bool engine_console_open(const Engine *engine, const PlanOptions *options,
                                  const State *state, EngineConsole **out, Arena *arena,
                                  Diags *diags);
/* Makes expressions those of this module instance (NULL: the root). Returns false, with an error,
 * if there is no such instance. */
MUST_USE bool engine_console_enter(EngineConsole *console, const ModuleAddr *module, Diags *diags);
/* Returns the scope of the module instance; lives as long as the console. Names are bound when they
 * are evaluated; single-threaded. */
const Scope *engine_console_scope(const EngineConsole *console);
const Module *engine_console_module(const EngineConsole *console);
/* Sets `*out` to the value of a root output; an unknown value has no specific type. After
 * engine_console_open, all are unknown. Returns false if there is no such output. */
bool engine_console_output(const EngineConsole *console, Str name, Value *out);
/* The graphs that `loam graph` prints. */
typedef enum GraphType {
    GRAPH_RESOURCES,    /* resources and data sources; other nodes are collapsed into edges */
    GRAPH_PLAN,         /* the graph of a plan */
    GRAPH_PLAN_DESTROY, /* the deletion of all managed objects in the state */
    GRAPH_APPLY,        /* the graph of an apply */
} GraphType;

typedef struct GraphRequest {
    GraphType type;
    const State *state; /* NULL: no state; GRAPH_PLAN_DESTROY requires one */
    const Plan *plan;   /* GRAPH_APPLY: the plan to apply; NULL: no changes */
    bool draws_cycles;  /* a graph with cycles is drawn instead of rejected */
    bool is_verbose;    /* includes internal nodes (not for GRAPH_RESOURCES) and redundant edges */
} GraphRequest;

/* Builds a finished graph whose payloads are GraphDotNode. Edges that longer paths imply are
 * removed, unless `is_verbose` is set or the graph has a cycle. */
MUST_USE bool engine_graph(const Engine *engine, const GraphRequest *request, Graph *out,
                           Arena *arena, Diags *diags);
