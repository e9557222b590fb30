/* engine_deferrals: separates the changes of a plan that wait for a later plan. */
#pragma once

#include "walk_state.h"

/* Call it when the changes of the walk are gathered. Adds the module calls and ephemeral resources
 * that wait. Moves deletions to the deferred changes if a stored object that waits depends on the
 * deleted one, because deletions follow those of dependents. A deletion never waits if the deferral
 * may be due to it: a read waits for it, or nothing else is left to apply. */
void engine_deferrals_gather(EngineWalk *walk, Plan *plan, Arena *arena);
