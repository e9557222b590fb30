/* served_schema: encodes schemas as plugin protocol 6 does. The counterpart is protocol_schema. */
#pragma once

#include "provider.h"

/* Write fields of the response to GetProviderSchema or GetMetadata. */
void served_schema_put(StrBuf *out, uint32_t number, const Schema *schema, Arena *arena);
/* Writes an element of a map: `name` → schema. */
void served_schema_put_entry(StrBuf *out, uint32_t number, const char *name, const Schema *schema,
                             Arena *arena);
/* Writes an element of a map: name → signature. */
void served_schema_put_function(StrBuf *out, uint32_t number, const ProviderFunction *function,
                                Arena *arena);
/* Returns the type of the results of a function. */
const Type *served_schema_result(const ProviderFunction *function);
