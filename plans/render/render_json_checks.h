/* render_json_checks: check_results of a state, as the `checks` of the documents of plans and
 * states. */
#pragma once

#include "json.h"

/* The member with its key; nothing where there are no results. */
void render_json_checks(JsonWriter *writer, Str check_results, Arena *scratch);
