/* render_json_state: the document of a state as it stands within that of a plan. What the plan
 * knows of outputs counts already. */
#pragma once

#include "render_json.h"

/* The member `prior_state`; nothing where the plan began with nothing. */
void render_json_state_prior(JsonWriter *writer,
                             const Plan *plan,
                             RenderSchemaLookup lookup,
                             void *payload,
                             Str terraform_version,
                             Arena *scratch);
