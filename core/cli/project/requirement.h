/* requirement: which providers a configuration and a state need. */
#pragma once

#include "config.h"
#include "registry.h"
#include "state.h"

typedef VEC(const Provider *) ProviderList;

/* Those that the module's own blocks name, in the order of their addresses. */
MUST_USE bool requirement_of_module(
    Registry *registry, const Module *module, ProviderList *out, Arena *arena, Diags *diags);
/* The module's and those of all modules below it. */
MUST_USE bool requirement_of_tree(
    Registry *registry, const Module *module, ProviderList *out, Arena *arena, Diags *diags);
/* The addresses that objects of the state were made by, in order. */
void requirement_of_state(const State *state, StrVec *out, Arena *arena);
