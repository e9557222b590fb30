/* render_json_state: the document of a state, also as it stands within that of a plan. */
#pragma once

#include "render_json.h"

void render_json_state_write(JsonWriter *writer,
                             Str state,
                             RenderSchemaLookup lookup,
                             void *payload,
                             Str terraform_version,
                             Arena *scratch);
