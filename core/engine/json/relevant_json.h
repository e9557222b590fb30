/* relevant_json: the `relevant_attributes` section of plan JSON: attributes of resources that
 * planned changes follow from, through outputs, locals and variables. */
#pragma once

#include "engine_context.h"

/* Returns a JSON array of {resource, attribute}, without duplicates. */
Str relevant_json_write(const Engine *engine, const Plan *plan, Arena *arena);
