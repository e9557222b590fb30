/* engine: validate, plan, apply: the machine behind the commands.
 *
 *   config + state ─ plan graph ─ walk ─→ Plan, refreshed state
 *   Plan + config  ─ apply graph ─ walk ─→ WorkingState, outputs
 *
 * An Engine is built by the command from what it has opened. The main thread calls in here and
 * waits; providers are called by walk workers only. */
#pragma once

#include "cancel.h"
#include "config_test.h"
#include "graph.h"
#include "hooks.h"
#include "plan.h"
#include "provisioner.h"
#include "registry.h"
#include "scope.h"
#include "working_state.h"

typedef struct Engine {
    const Io *io;
    const Config *config;
    Registry *registry;
    const ProvisionerTable *provisioners; /* NULL: there are none */
    const CancelToken *cancel;
    const Hooks *hooks; /* NULL: nobody listens */
    uint32_t parallelism;
    Str workspace;
    Str working_folder;             /* path.cwd */
    int64_t now_ms;                 /* plantimestamp */
    const TestOverrides *overrides; /* of a test, those that win first; NULL: nothing is made up */
} Engine;

/* An object that is to come under management, with no block that says so. */
typedef struct ImportTarget {
    ResourceAddr address;
    Str id;
} ImportTarget;

typedef struct PlanOptions {
    PlanMode mode;
    bool skip_refresh;
    const Map *variables;      /* input_collect's: name → InputValue * */
    bool skips_check_warnings; /* nobody is asked: the apply says what still holds */
    VEC(AddressTarget) targets;
    StrVec target_texts;
    VEC(AddressTarget) excludes; /* never together with targets */
    StrVec exclude_texts;
    VEC(ResourceAddr) replace;
    const ImportTarget *import; /* NULL: none */
    /* Where the names of the root module are left after the walk; NULL: nobody wants them. */
    struct EngineConsole **console;
    bool imports_alone; /* refresh-only: what import blocks bring is looked at */
    bool
        is_rehearsal; /* all is to be destroyed: only what is there is wanted, so conditions warn */
} PlanOptions;

/* -target or -exclude leave something out. */
bool engine_is_partial(const PlanOptions *options);

typedef struct PlanResult {
    Plan *plan;       /* also when planning failed part-way (plan->errored); NULL: before it */
    State *refreshed; /* what apply begins from */
} PlanResult;

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
/* The schema of a type, however it is provided (for show and state show). NULL: nobody knows it. */
const Schema *engine_find_schema(const Engine *engine, ResourceMode mode, Str provider, Str type);
