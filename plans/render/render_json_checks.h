/* render_json_checks: check_results of a state, as the `checks` of the documents of plans and
 * states. */
#pragma once

#include "json.h"

/* Writes the member with its key; nothing without results. */
void render_json_checks(JsonWriter *writer, Str check_results, Arena *scratch);
