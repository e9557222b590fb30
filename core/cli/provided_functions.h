/* provided_functions: makes functions of providers available in the language. */
#pragma once

#include "function.h"
#include "registry.h"

/* Returns the functions, named provider::NAME::function. Omits providers in loadable modules: their
 * functions are unknown before the module is opened. */
FunctionFamily provided_functions(const ProviderRow *rows, size_t count, Arena *arena);
typedef struct FunctionSearch FunctionSearch;

/* Lets the table find functions of providers that have no rows for them. */
FunctionSearch *provided_functions_search(FunctionTable *table, Registry *registry, Arena *arena);
/* Ends the search; the functions that it found must not be called any more. */
void provided_functions_close(FunctionSearch *search);
