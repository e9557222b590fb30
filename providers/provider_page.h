/* provider_page: references in Markdown, generated from the schemas of a provider. */
#pragma once

#include "provider.h"

/* Writes the section of a provider in the list of all types: its settings, and a link to the page
 * of each type. */
void provider_page_write(const Provider *provider, StrBuf *out, Arena *arena);
/* Returns the name of a type's page: "null_resource", "data_http". */
Str provider_page_name(ResourceMode mode, Str type, Arena *arena);
/* Writes the page of a type. */
void provider_page_write_type(const Provider *provider, const ObjectType *type, StrBuf *out,
                              Arena *arena);
