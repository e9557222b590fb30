/* provided_functions: makes functions of providers available in the language. */
#pragma once

#include "function.h"
#include "registry.h"

/* Returns the functions, named provider::NAME::function. Omits providers in loadable modules: their
 * functions are unknown before the module is opened. */
FunctionFamily provided_functions(const ProviderRow *rows, size_t count, Arena *arena);
typedef struct FunctionSearch FunctionSearch;

/* Makes the table search the registry for functions that have no row. The caller closes the result
 * after the last use of the table. */
FunctionSearch *provided_functions_search(FunctionTable *table, Registry *registry, Arena *arena);
/* Ends the search; the functions that it found must not be called any more. */
void provided_functions_close(FunctionSearch *search);
