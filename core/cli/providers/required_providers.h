/* required_providers: lists the providers that a configuration and a state require. */
#pragma once

#include "config.h"
#include "registry.h"
#include "state.h"

typedef VEC(const Provider *) ProviderList;

typedef enum ProviderScope { PROVIDERS_OF_MODULE, PROVIDERS_OF_TREE } ProviderScope;

/* Lists the providers that the blocks of the module, or also of its descendants, require. Sorted by
 * address. */
MUST_USE bool required_providers_of(Registry *registry, const Module *module, ProviderScope scope,
                                    ProviderList *out, Arena *arena, Diags *diags);
/* Lists the provider addresses in the state, sorted. */
void required_providers_of_state(const State *state, StrVec *out, Arena *arena);
