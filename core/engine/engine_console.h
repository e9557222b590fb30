/* engine_console: passes the scope of a walk's root module to PlanOptions.console. */
#pragma once

#include "node.h"

/* Sets `*PlanOptions.console`, unless that is NULL or the walk did not run. Call it after
 * engine_walk_close. */
void engine_console_leave(EngineWalk *walk);
