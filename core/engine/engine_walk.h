/* engine_walk: one walk from its opening to its end: arenas of workers, diagnostics, graph. */
#pragma once

#include "node.h"

/* Returns a walk for this phase, without a graph. `arena` holds what a plan or a state points at;
 * for a console the whole walk; for validation nothing, so it may be NULL. */
EngineWalk *engine_walk_open(const Engine *engine,
                             const PlanOptions *options,
                             WalkPhase phase,
                             Arena *arena);
/* Joins the arenas of the workers to those of the walk, and their diagnostics to `diags`. */
void engine_walk_close(EngineWalk *walk, Diags *diags);
/* Frees the walk, unless a console keeps it. */
void engine_walk_free(EngineWalk *walk);
/* Visits every record, those of removed instances too. */
typedef void (*EngineWalkVisit)(InstanceRecord *record, void *payload);
void engine_walk_each_record(EngineWalk *walk, EngineWalkVisit visit, void *payload);
