/* render_json: `show -json` of plans (format 1.2), and the change objects of the -json UI stream,
 * from the data alone. */
#pragma once

#include "render_json_state.h" /* the schema lookup; for callers: the document of a state */

/* Writes the whole document of a plan. `lookup` finds schemas for planned_values and prior_state;
 * NULL: none. */
void render_json_plan(const Plan *plan, RenderSchemaLookup lookup, void *payload,
                      Str terraform_version, StrBuf *out, Arena *scratch);
/* Writes the members path, manager and since of a changed field. */
void render_json_drift_field(JsonWriter *writer, const DriftField *field, Arena *scratch);
/* {actions, before, after, after_unknown, before_sensitive, after_sensitive, …} */
void render_json_change(const ResourceChange *change, JsonWriter *writer);
