/* relevant_json: the `relevant_attributes` section of plan JSON: which attributes of resources the
 * planned changes follow from, through outputs, locals and variables, up to the nearest resource.
 */
#pragma once

#include "engine.h"

/* A JSON array of {resource, attribute}; each once. */
Str relevant_json_write(const Engine *engine, const Plan *plan, Arena *arena);
