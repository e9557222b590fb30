/* config_json: the `configuration` section of plan JSON: blocks of the configuration, with
 * expressions as constants or references. */
#pragma once

#include "engine_context.h"

/* Returns a JSON object. */
Str config_json_write(const Engine *engine, Arena *arena);
/* Returns the same for the root module alone, without expressions, schemas and called modules. */
Str config_json_write_single(const Engine *engine, Arena *arena);
