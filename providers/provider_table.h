/* provider_table: checks the tables of a provider. */
#pragma once

#include "provider.h"

/* Returns the first error in a provider's tables, as a sentence in `arena`; empty if none. */
Str provider_table_fault(const Provider *provider, Arena *arena);
