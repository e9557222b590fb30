/* provider_page: the reference of a provider, in Markdown: its settings, resources, data sources,
 * all of it from their schemas. */
#pragma once

#include "provider.h"

void provider_page_write(const Provider *provider, StrBuf *out, Arena *arena);
