/* empty_state: the placeholder in a store between the creation of a workspace and its first write.
 * Other tools need a state there; loam treats it as no state. It holds no secret and is never
 * encrypted. */
#pragma once

#include "str.h"

/* Returns a placeholder with a new lineage. */
Str empty_state_new(Arena *arena);
/* Returns an empty text if `text` is a placeholder of any release of loam (each has its own
 * VERSION_TERRAFORM in it); else `text`. */
Str empty_state_drop(Str text);
