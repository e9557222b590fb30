/* engine_walk: one walk from its opening to its end: arenas for the workers, the sink, the graph.
 */
#pragma once

#include "visit.h"

/* A walk for this phase, without graph yet. `arena` has what its results point at, a plan or a
 * state; of a walk that a console is left in, all of it; of one that validates, nothing. */
EngineWalk *engine_walk_open(const Engine *engine,
                             const PlanOptions *options,
                             WalkPhase phase,
                             Arena *arena);
/* What the workers have joins the walk's arenas; their diagnostics join `diags`. */
void engine_walk_close(EngineWalk *walk, Diags *diags);
/* The names of the root module for whoever asked for them (PlanOptions.console), when it is closed.
 */
void engine_walk_leave_console(EngineWalk *walk);
/* The last thing: memory that is the walk's own goes, and the walk with it. */
void engine_walk_forget(EngineWalk *walk);
/* Every record of the walk, those of removed instances too. */
typedef void (*EngineWalkVisit)(InstanceRecord *record, void *payload);
void engine_walk_each_record(EngineWalk *walk, EngineWalkVisit visit, void *payload);
