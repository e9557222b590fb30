/* engine_console: leaves the names of a walk's root module to PlanOptions.console. */
#pragma once

#include "node.h"

/* After the walk is closed; does nothing if no console was asked for. */
void engine_console_leave(EngineWalk *walk);
