/* render_json: `show -json` of plans and states (format 1.2 and 1.0), and the -json UI stream's
 * change objects, from the data alone. */
#pragma once

#include "json.h"
#include "plan.h"
#include "schema.h"

/* The whole document of a plan. `values` writes the planned_values and prior_state sections need
 * schemas: the lookup gives them. */
typedef const Schema *(*RenderSchemaLookup)(void *payload,
                                            ResourceMode mode,
                                            Str provider,
                                            Str type);

void render_json_plan(const Plan *plan,
                      RenderSchemaLookup lookup,
                      void *payload,
                      Str terraform_version,
                      StrBuf *out,
                      Arena *scratch);
/* The document of a state, from its v4 JSON text (empty: no state, just the format version). */
void render_json_state(Str state,
                       RenderSchemaLookup lookup,
                       void *payload,
                       Str terraform_version,
                       StrBuf *out,
                       Arena *scratch);
/* {actions, before, after, after_unknown, before_sensitive, after_sensitive, …} */
void render_json_change(const ResourceChange *change, JsonWriter *writer, Arena *scratch);
/* {"a": true, "b": [false, true]}: where unknown; false where wholly known. */
void render_json_unknown(Value v, JsonWriter *writer);
void render_json_sensitive(Value v, JsonWriter *writer);
