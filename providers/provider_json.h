/* provider_json: a provider's schemas as JSON, in the format of `terraform providers schema
 * -json`. */
#pragma once

#include "json_writer.h"
#include "provider.h"

/* Writes {"provider": …, "resource_schemas": {…}, "data_source_schemas": {…}}, sorted by name. */
/* Writes further members into a provider's object; NULL: none. */
typedef void ProviderJsonMore(const Provider *provider,
                              void *payload,
                              JsonWriter *writer,
                              Arena *arena);
void provider_json_write(const Provider *provider,
                         ProviderJsonMore *more,
                         void *payload,
                         JsonWriter *writer,
                         Arena *arena);
