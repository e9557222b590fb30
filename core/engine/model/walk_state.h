/* walk_state: everything that one walk of the graph works on. */
#pragma once

#include "engine_context.h"
#include "instance_record.h"
#include "walk.h"
#include "working_state.h"

typedef struct EngineModule EngineModule;

typedef enum WalkPhase { PHASE_VALIDATE, PHASE_PLAN, PHASE_APPLY, PHASE_EVALUATE } WalkPhase;

typedef struct WorkerArenas {
    Arena *keep;    /* of results that outlive the walk */
    Arena *passing; /* freed with the walk */
    Arena *scratch;
    VEC(InstanceRecord *) removed; /* records of instances that have no expansion */
} WorkerArenas;

struct EngineWalk {
    const Engine *engine;
    const PlanOptions *options;
    WalkPhase phase;
    Arena *arena; /* of the graph and the walk itself; single-threaded building */
    Arena *kept;  /* of results that outlive the walk; else the same arena */
    bool stays;   /* the caller owns the arena: for a console */
    Graph graph;
    VEC(Node *) nodes;
    EngineModule *root;
    VEC(EngineModule *) modules;
    const State *state;        /* plan: prior; apply: NULL */
    Map deletions;             /* deletions.c's index, by type */
    Map destroyed;             /* plan of a targeted destroy: texts of the addresses in it */
    const struct Moves *moves; /* plan: objects whose address in `state` changed */
    WorkingState *working;     /* apply */
    const Plan *plan;          /* apply */
    struct Removals *removals; /* NULL: not collected yet */
    struct Ephemerals *ephemerals;
    Map missing_providers; /* names that an error was reported for */
    WorkerArenas *workers;
    uint32_t worker_count;
    DiagsSink *sink;
    Arena *sink_arena;
    Str lineage;
    uint64_t serial;
};
