/* engine_console: passes the scope of a walk's root module to PlanOptions.console. */
#pragma once

#include "node.h"

/* Sets `*PlanOptions.console`. Call it after engine_walk_close; without a console it does
 * nothing. */
void engine_console_leave(EngineWalk *walk);
