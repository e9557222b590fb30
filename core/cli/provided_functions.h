/* provided_functions: makes functions of providers available in the language. */
#pragma once

#include "function.h"
#include "registry.h"

/* Returns the functions, named provider::NAME::function. Omits providers in loadable modules: their
 * functions are unknown before the module is opened. */
FunctionFamily provided_functions(const ProviderRow *rows, size_t count, Arena *arena);
