/* provider_name: the providers that the local names of a module stand for.
 *
 * A local name has a meaning only in its module, so names of two modules are compared by their
 * keys. */
#pragma once

#include "config.h"
#include "registry.h"

/* Returns the source in required_providers of the module, else the local name itself. */
Str provider_name_source(const Module *module, Str local);
/* Returns a text that is equal for all names of one provider, in any module. */
Str provider_name_key(const Registry *registry, const Module *module, Str local, Arena *arena);
/* Returns the provider block of the module for a provider and alias; NULL if none. */
const ProviderConfig *provider_name_block(const Registry *registry, const Module *module, Str key,
                                          Str alias, Arena *arena);
