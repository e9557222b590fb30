/* relevant_json: writes the `relevant_attributes` section of plan JSON: attributes that planned
 * changes depend on, through outputs, locals and variables. */
#pragma once

#include "engine_context.h"

/* Returns a JSON array of {resource, attribute}, without duplicates. */
Str relevant_json_write(const Engine *engine, const Plan *plan, Arena *arena);
