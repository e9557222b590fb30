/* config_json: the `configuration` section of plan JSON: what stands in the files, with expressions
 * as the constants that they are or the names that they refer to. */
#pragma once

#include "engine.h"

/* One JSON object. */
Str config_json_write(const Engine *engine, Arena *arena);
