/* provider_table: what holds for the tables of every provider. */
#pragma once

#include "provider.h"

/* The first fault of a provider's tables, as a sentence; empty: none. In `arena`. */
Str provider_table_fault(const Provider *provider, Arena *arena);
