/* provider_json: a provider's schemas as JSON that Terraform's tools know (`providers schema
 * -json`).
 */
#pragma once

#include "json_writer.h"
#include "provider.h"

/* {"provider": …, "resource_schemas": {…}, "data_source_schemas": {…}}; names in order. */
void provider_json_write(const Provider *provider, JsonWriter *writer, Arena *arena);
