/* removal: what removed blocks, and "destroy" of lifecycles, say of objects that are to go: are
 * they destroyed, or only forgotten? */
#pragma once

#include "config.h"
#include "state.h"

/* The block about this object's resource, or about a module that it is in; NULL: none. */
const Removed *removal_find(const Config *config, ResourceAddr address, Arena *scratch);
/* What is removed may not be declared. */
MUST_USE bool removal_check(const Config *config, Arena *arena, Diags *diags);
/* Is the object forgotten rather than destroyed? `declared` is its block, `removed` the block about
 * it, `object` what the state says; each may be NULL. */
bool removal_forgets(const Resource *declared, const Removed *removed, const StateObject *object);
