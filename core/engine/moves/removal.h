/* removal: decides from removed blocks and lifecycle `destroy` whether an object is destroyed or
 * only forgotten. Without either, the state decides. */
#pragma once

#include "config.h"
#include "state.h"

/* The removed blocks of a configuration, by the address in `from`. */
typedef struct Removals Removals;
struct Removals {
    /* By configuration address in `from`: [0]: blocks that forget, [1]: blocks that destroy. */
    Map resources[2];
    Map modules[2];
    size_t count;
};

Removals *removal_collect(const Config *config, Arena *arena);
/* Returns the block about this object's resource, or about a module that contains it; NULL if none.
 * A block that forgets has precedence over one that destroys. */
const Removed *removal_find(const Removals *removals, ResourceAddr address, Arena *scratch);
/* Adds an error for each removed block whose resource or module is still declared. */
MUST_USE bool removal_check(const Config *config, Arena *arena, Diags *diags);
/* Adds the error that prevent_destroy of the block `declared` forbids the deletion of `address`. */
void removal_report_prevented(const Resource *declared, Str address, Diags *diags);
