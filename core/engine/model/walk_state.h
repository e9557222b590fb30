/* walk_state: the data of one walk of the graph. */
#pragma once

#include "engine_context.h"
#include "instance_record.h"
#include "walk.h"
#include "working_state.h"

typedef struct EngineModule EngineModule;

typedef enum WalkPhase { PHASE_VALIDATE, PHASE_PLAN, PHASE_APPLY, PHASE_EVALUATE } WalkPhase;

typedef struct WorkerArenas {
    Arena *keep;       /* results that outlive the walk */
    Arena *walk_arena; /* freed with the walk */
    Arena *scratch;
    VEC(InstanceRecord *) removed; /* in no expansion: removed instances, deposed objects */
} WorkerArenas;

struct EngineWalk {
    const Engine *engine;
    const PlanOptions *options;
    WalkPhase phase;
    Arena *arena; /* graph and walk; used by a single thread while building */
    Arena *kept;  /* results that outlive the walk; without such results, equal to `arena` */
    bool is_kept_by_console; /* console: the caller owns the arena */
    Graph graph;
    VEC(Node *) nodes;
    EngineModule *root;
    VEC(EngineModule *) modules;
    const State *state;        /* plan: prior, with moves applied; console: state; apply: unused */
    Map deletions;             /* index of deletions.c, by type */
    Map destroyed;             /* plan of a targeted destroy: texts of the addresses to destroy */
    const struct Moves *moves; /* plan: objects whose address in `state` changed */
    WorkingState *working;     /* apply: the state that receives the changes */
    const Plan *plan;          /* apply: the plan to apply */
    struct Removals *removals; /* NULL: not collected yet */
    struct Ephemerals *ephemerals;
    Map missing_providers; /* names of providers that an error was already reported for */
    WorkerArenas *workers;
    uint32_t worker_count;
    DiagsSink *sink;
    Arena *sink_arena;
    Str lineage;
    uint64_t serial;
};
