/* provider_page: a provider's reference in Markdown, generated from its schemas. */
#pragma once

#include "provider.h"

void provider_page_write(const Provider *provider, StrBuf *out, Arena *arena);
