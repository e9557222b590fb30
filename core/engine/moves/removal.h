/* removal: what removed blocks, and "destroy" of lifecycles, say of objects that are to go: are
 * they destroyed, or only forgotten? */
#pragma once

#include "config.h"
#include "state.h"

/* Removed blocks by what they are about, as all of a configuration says it. */
typedef struct Removals Removals;
struct Removals {
    Map resources[2]; /* address → those that forget; those that destroy */
    Map modules[2];
    size_t count;
};

Removals *removal_collect(const Config *config, Arena *arena);
/* The block about this object's resource, or about a module that it is in; NULL: none. */
const Removed *removal_find(const Removals *removals, ResourceAddr address, Arena *scratch);
/* What is removed may not be declared. */
MUST_USE bool removal_check(const Config *config, Arena *arena, Diags *diags);
/* What is declared with prevent_destroy is asked to go. */
void removal_refuse(const Resource *declared, Str address, Diags *diags);
/* Is the object forgotten rather than destroyed? `declared` is its block, `removed` the block about
 * it, `object` what the state says; each may be NULL. */
bool removal_forgets(const Resource *declared, const Removed *removed, const StateObject *object);
