/* render_json_state: the document of a state, also as it stands within that of a plan. There, what
 * the plan knows of outputs counts already. */
#pragma once

#include "render_json.h"

void render_json_state_write(JsonWriter *writer,
                             Str state,
                             RenderSchemaLookup lookup,
                             void *payload,
                             Str terraform_version,
                             const Plan *plan, /* NULL: no plan */
                             Arena *scratch);
