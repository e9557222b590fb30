/* config_json: writes the `configuration` section of plan JSON: blocks, with expressions as
 * constants or references. */
#pragma once

#include "engine_context.h"

/* Returns a JSON object. `omitted`: addresses of resources of the root module that are left out;
 * NULL: none. */
Str config_json_write(const Engine *engine, const Map *omitted, Arena *arena);
/* Returns the same object without expressions and schema versions, for a root module that was
 * loaded without its child modules. */
Str config_json_write_module(const Engine *engine, Arena *arena);
