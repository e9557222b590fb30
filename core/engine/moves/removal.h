/* removal: decides from removed blocks and lifecycle `destroy` whether an object is destroyed or
 * only forgotten. */
#pragma once

#include "config.h"
#include "state.h"

/* The removed blocks of a configuration, by the address in `from`. */
typedef struct Removals Removals;
struct Removals {
    Map resources[2]; /* address → block; [0]: blocks that forget, [1]: blocks that destroy */
    Map modules[2];
    size_t count;
};

Removals *removal_collect(const Config *config, Arena *arena);
/* Returns the block about this object's resource, or about a module that contains it; NULL if
 * none. */
const Removed *removal_find(const Removals *removals, ResourceAddr address, Arena *scratch);
/* Adds an error for each removed block whose resource or module is still declared. */
MUST_USE bool removal_check(const Config *config, Arena *arena, Diags *diags);
/* Adds the error that prevent_destroy forbids a deletion. */
void removal_refuse(const Resource *declared, Str address, Diags *diags);
/* Returns true if the object is forgotten instead of destroyed. `declared` is its block, `removed`
 * its removed block, `object` its state object; each may be NULL. */
bool removal_forgets(const Resource *declared, const Removed *removed, const StateObject *object);
