/* engine_unique: rules of types whose objects must differ, such as the names of a cluster's nodes.
 */
#pragma once

#include "node.h"

/* Adds an error for each planned object that violates a UniqueRule together with an earlier one,
 * unless neither of the two changes. Call it after the walk of a plan. */
void engine_unique_check(EngineWalk *walk, Arena *arena, Diags *diags);
