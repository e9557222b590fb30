/* served_schema: encodes schemas as plugin protocol 6 does. The counterpart is protocol_schema. */
#pragma once

#include "provider.h"

/* Return the responses to GetProviderSchema, GetMetadata and GetFunctions. */
Str served_schema_response(const Provider *provider, Arena *arena);
Str served_schema_metadata(const Provider *provider, Arena *arena);
Str served_schema_functions(const Provider *provider, Arena *arena);
/* Returns the type of the results of a function. */
const Type *served_schema_result(const ProviderFunction *function);
