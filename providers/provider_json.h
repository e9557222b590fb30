/* provider_json: a provider's schemas as JSON, in the format of `terraform providers schema
 * -json`. */
#pragma once

#include "json_writer.h"
#include "provider.h"

/* Writes further members into a provider's object. */
typedef void ProviderJsonMore(const Provider *provider, void *payload, JsonWriter *writer,
                              Arena *arena);
/* Writes {"provider": …, "resource_schemas": {…}, "data_source_schemas": {…},
 * "ephemeral_resource_schemas": {…}}, without empty members; types are sorted by name. Then calls
 * `more`, if not NULL. */
void provider_json_write(const Provider *provider, ProviderJsonMore *more, void *payload,
                         JsonWriter *writer, Arena *arena);
