/* empty_state: what stands in a store from the making of a workspace until its first write: a state
 * for the known tools, which need one, and nothing for loam. It holds no secret, and is never
 * encrypted. */
#pragma once

#include "str.h"

/* With a lineage of its own. */
Str empty_state_new(Arena *arena);
/* Nothing, where the text is such a state; else the text. */
Str empty_state_pass(Str text);
