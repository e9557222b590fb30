/* function_page: the reference of all functions, in Markdown. */
#pragma once

#include "function.h"

void function_page_write(const FunctionTable *table, StrBuf *out, Arena *arena);
