/* checks_json: the check_results of a plan and a state. */
#pragma once

#include "node.h"

/* Returns a JSON array with a row for each block that has conditions; empty if none has. */
Str checks_json_write(const EngineWalk *walk, Arena *arena);
