/* provider_needs: the providers that a configuration and a state need, and the version constraints
 * of all modules. Starts no provider. */
#pragma once

#include "config.h"
#include "foreign_programs.h"
#include "state.h"

typedef struct ProviderNeed {
    Str address;
    Str name;        /* as required_providers or a resource names it: "hashicorp/aws", "aws" */
    Str constraints; /* of all modules, in canonical form; empty: none */
    SourceRange range;
    ProviderAnswer answer;
} ProviderNeed;

typedef VEC(ProviderNeed) ProviderNeeds; /* sorted by address, each once */

/* Lists the needs of one module, without its descendants. */
MUST_USE bool provider_needs_of_module(ForeignPrograms *programs, const Module *module,
                                       ProviderNeeds *out, Arena *arena, Diags *diags);
/* Lists the needs of all modules of the configuration, also of those that only test runs load, and
 * of `state`. Both may be NULL. */
MUST_USE bool provider_needs_of(ForeignPrograms *programs, const Config *config, const State *state,
                                ProviderNeeds *out, Arena *arena, Diags *diags);
/* Tells `programs` which addresses the modules name in full, and makes the dependency lock meet the
 * version constraints of these modules, from the first use of a package on. */
void provider_needs_constrain(ForeignPrograms *programs, const Config *config, Arena *arena);

typedef VEC(const Provider *) ProviderList;

typedef enum ProviderScope { PROVIDERS_OF_MODULE, PROVIDERS_OF_TREE } ProviderScope;

/* Lists the providers that the blocks of the module, or also of its descendants, require. Sorted by
 * address. */
MUST_USE bool required_providers_of(Registry *registry, const Module *module, ProviderScope scope,
                                    ProviderList *out, Arena *arena, Diags *diags);
/* Lists the provider addresses in the state, sorted. */
void required_providers_of_state(const State *state, StrVec *out, Arena *arena);
