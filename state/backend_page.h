/* backend_page: the reference of a backend in Markdown, from its tables. */
#pragma once

#include "backend.h"

void backend_page_write(const BackendType *type, StrBuf *out, Arena *arena);
