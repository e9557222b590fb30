/* function_page: the reference of all functions, in Markdown. */
#pragma once

#include "function.h"

void function_page_write(const FunctionTable *table, StrBuf *out, Arena *arena);
/* "join(separator string, lists list(string)...) string" */
Str function_page_signature(const Function *function, Arena *arena);
