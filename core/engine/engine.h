/* engine: validate, plan, apply: the machine behind the commands.
 *
 *   config + state ─ plan graph ─ walk ─→ Plan, refreshed state
 *   Plan + config  ─ apply graph ─ walk ─→ WorkingState, outputs
 *
 * An Engine is built by the command from what it has opened. The main thread calls in here and
 * waits; providers are called by walk workers only. */
#pragma once

#include "engine_context.h"
#include "graph.h"
#include "working_state.h"

typedef struct PlanResult {
    Plan *plan;       /* also when planning failed part-way (plan->errored); NULL: before it */
    State *refreshed; /* what apply begins from */
} PlanResult;

/* Is the diagnostic about a check block, or its data source? */
bool engine_is_of_check(const Diag *diag);
/* Names, types and arguments, without state or any remote call. */
MUST_USE bool engine_validate(const Engine *engine, Diags *diags);
/* `prior` is read only. */
MUST_USE bool engine_plan(const Engine *engine,
                          const PlanOptions *options,
                          const State *prior,
                          PlanResult *out,
                          Arena *arena,
                          Diags *diags);
/* The working state begins as the plan's refreshed state and ends as what is. */
MUST_USE bool engine_apply(const Engine *engine,
                           const PlanOptions *options,
                           const Plan *plan,
                           WorkingState *working,
                           Arena *arena,
                           Diags *diags);
/* The console: expressions of the root module over the state's values. */
typedef struct EngineConsole EngineConsole;
MUST_USE bool engine_console_open(const Engine *engine,
                                  const PlanOptions *options,
                                  const State *state,
                                  EngineConsole **out,
                                  Arena *arena,
                                  Diags *diags);
/* The names of the root module, found when they are asked for. One thread. */
const Scope *engine_console_scope(const EngineConsole *console);
/* The value of an output of the root module, of any type while it is not known; false: it has none
 * of that name. */
bool engine_console_output(const EngineConsole *console, Str name, Value *out);
/* The graphs that `loam graph` shows. */
typedef enum GraphType {
    GRAPH_RESOURCES,    /* resources and data sources, what lies between them folded away */
    GRAPH_PLAN,         /* what a plan walks: everything */
    GRAPH_PLAN_DESTROY, /* how all that the state holds would be destroyed */
    GRAPH_APPLY,        /* what an apply walks */
} GraphType;

typedef struct GraphRequest {
    GraphType type;
    const State *state; /* NULL: there is none */
    const Plan *plan;   /* what GRAPH_APPLY applies; NULL: nothing changes */
    bool draws_cycles;  /* a graph with cycles is no error */
    bool is_verbose;    /* with what the engine adds for itself, and edges that others imply */
} GraphRequest;

/* Payloads are GraphDotNode; without edges that longer paths imply. */
MUST_USE bool engine_graph(
    const Engine *engine, const GraphRequest *request, Graph *out, Arena *arena, Diags *diags);
