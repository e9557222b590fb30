/* node_ephemeral: the ephemeral objects of a walk, which are closed after their last user. */
#pragma once

#include "walk_state.h"

/* Prepares walk->ephemerals. Call before the walk. */
void node_ephemeral_begin(EngineWalk *walk);
/* Call after the walk, before the providers are closed. Closes the objects that are still open
 * because their close node was skipped. Adds errors to the walk's sink; returns false if there were
 * any. */
bool node_ephemeral_end(EngineWalk *walk);
