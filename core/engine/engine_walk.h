/* engine_walk: opens and closes one walk: worker arenas, diagnostics, graph; and the parts of
 * `engine` that check a walk or collect its results. */
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

/* Sets `*PlanOptions.console` to the scope of the root module, unless that is NULL or the walk did
 * not run. Call it after engine_walk_close. */
void engine_console_leave(EngineWalk *walk);

/* Separates the changes of a plan that wait for a later plan. Call it when the changes of the walk
 * are gathered. Adds the module calls and ephemeral resources
 * that wait. Moves deletions to the deferred changes if a stored object that waits depends on the
 * deleted one, because deletions follow those of dependents. A deletion never waits if the deferral
 * may be due to it: a read waits for it, or nothing else is left to apply. */
void engine_deferrals_gather(EngineWalk *walk, Plan *plan, Arena *arena);

/* Adds an error for each planned object that violates a UniqueRule together with an earlier one,
 * unless neither of the two changes. Call it after the walk of a plan. */
void engine_unique_check(EngineWalk *walk, Arena *arena, Diags *diags);

/* Rejects features that validation accepts but planning and applying do not implement, in all
 * modules. Returns false if an error was added. */
MUST_USE bool unsupported_check(const Config *config, Diags *diags);

/* Returns the check_results of a plan and a state: a JSON array with one element per block that has
 * conditions; an empty text, not an empty array, if no block has any. */
Str checks_json_write(const EngineWalk *walk, Arena *arena);
