/* provider_page: the reference of a provider, in Markdown: its settings, resources, data sources,
 * all of it from their schemas. */
#pragma once

#include "provider.h"

void provider_page_write(const Provider *provider, StrBuf *out, Arena *arena);
/* "required", "optional, forces a new object", "computed": what the flags mean to a user. */
Str provider_page_flags(const Attribute *attribute, Arena *arena);
/* "list(string)", "list of objects" */
Str provider_page_type(const Attribute *attribute, Arena *arena);
