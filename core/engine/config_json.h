/* config_json: the `configuration` section of plan JSON: what stands in the files, with expressions
 * as the constants that they are or the names that they refer to. */
#pragma once

#include "engine.h"

/* One JSON object. */
Str config_json_write(const Engine *engine, Arena *arena);
/* The same of the root module alone, whose calls were not followed: without expressions, schemas
 * and what is within calls. */
Str config_json_write_single(const Engine *engine, Arena *arena);
