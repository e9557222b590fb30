/* provider_twins: modules that mean another provider than loam's by a local name, although
 * required_providers does not name it: they use its types or arguments, and the dependency lock
 * file or the state shows that the project works with it. */
#pragma once

#include "config.h"
#include "foreign_programs.h"
#include "state.h"

/* Adds the missing entry of required_providers to such modules. `state`: NULL if unknown.
 * `programs` NULL: there are no other providers. */
MUST_USE bool provider_twins_adopt(ForeignPrograms *programs, const Config *config,
                                   const State *state, Arena *arena, Diags *diags);
