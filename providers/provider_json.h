/* provider_json: a provider's schemas as JSON that Terraform's tools know (`providers schema
 * -json`).
 */
#pragma once

#include "json_writer.h"
#include "provider.h"

/* {"provider": …, "resource_schemas": {…}, "data_source_schemas": {…}}; names in order. */
/* What else there is to say of a provider, as further members of its object; NULL: nothing. */
typedef void ProviderJsonMore(const Provider *provider,
                              void *payload,
                              JsonWriter *writer,
                              Arena *arena);
void provider_json_write(const Provider *provider,
                         ProviderJsonMore *more,
                         void *payload,
                         JsonWriter *writer,
                         Arena *arena);
