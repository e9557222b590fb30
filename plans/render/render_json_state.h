/* render_json_state: `show -json` of states (format 1.0), alone or within the document of a plan.
 */
#pragma once

#include "json.h"
#include "plan.h"
#include "schema.h"

/* The schema of a resource type; NULL if no provider has it. */
typedef const Schema *(*RenderSchemaLookup)(void *payload, ResourceMode mode, Str provider,
                                            Str type);

/* The document of a state, from its v4 JSON text (empty: no state, just the format version). */
void render_json_state(Str state, RenderSchemaLookup lookup, void *payload, Str terraform_version,
                       StrBuf *out, Arena *scratch);

/* Writes the member `prior_state` from plan->prior_state; nothing if that has neither resources nor
 * outputs. */
void render_json_state_prior(JsonWriter *writer, const Plan *plan, RenderSchemaLookup lookup,
                             void *payload, Str terraform_version, Arena *scratch);

/* Writes the check_results of a state as the member `checks`; nothing without results. */
void render_json_checks(JsonWriter *writer, Str check_results, Arena *scratch);
