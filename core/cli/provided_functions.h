/* provided_functions: functions of providers as functions of the language. */
#pragma once

#include "function.h"
#include "registry.h"

/* Named provider::NAME::function. A provider in a loadable module brings none: its functions would
 * have to be known before it is opened. */
FunctionFamily provided_functions(const ProviderRow *rows, size_t count, Arena *arena);
