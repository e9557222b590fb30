/* checks_json: writes the check_results of a plan and a state. */
#pragma once

#include "node.h"

/* Returns a JSON array with one element per block that has conditions; an empty text, not an empty
 * array, if no block has any. */
Str checks_json_write(const EngineWalk *walk, Arena *arena);
