/* engine_walk: opens and closes one walk: worker arenas, diagnostics, graph. */
#pragma once

#include "node.h"

/* Returns a walk for this phase, without a graph. `arena` owns the results that a plan or state
 * points at; for a console, it owns the whole walk. Validation may pass NULL. `options` must
 * be valid until engine_walk_free or, for a console, until the console is open. */
EngineWalk *engine_walk_open(const Engine *engine, const PlanOptions *options, WalkPhase phase,
                             Arena *arena);
/* Merges the arenas of the workers into those of the walk, and adds their diagnostics to `diags`.
 * The graph and the records remain valid until engine_walk_free. */
void engine_walk_close(EngineWalk *walk, Diags *diags);
/* Frees the walk, unless a console uses it. */
void engine_walk_free(EngineWalk *walk);
/* Called for every record, including records of removed instances and deposed objects. */
typedef void (*EngineWalkVisit)(InstanceRecord *record, void *payload);
void engine_walk_each_record(EngineWalk *walk, EngineWalkVisit visit, void *payload);
