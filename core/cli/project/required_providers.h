/* required_providers: lists the providers that a configuration and a state require. */
#pragma once

#include "config.h"
#include "registry.h"
#include "state.h"

typedef VEC(const Provider *) ProviderList;

/* Lists the providers that the module's own blocks require, sorted by address. */
MUST_USE bool required_providers_of_module(
    Registry *registry, const Module *module, ProviderList *out, Arena *arena, Diags *diags);
/* Lists the providers of the module and of all its descendants. */
MUST_USE bool required_providers_of_tree(
    Registry *registry, const Module *module, ProviderList *out, Arena *arena, Diags *diags);
/* Lists the provider addresses in the state, sorted. */
void required_providers_of_state(const State *state, StrVec *out, Arena *arena);
