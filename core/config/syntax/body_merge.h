/* body_merge: a body and the one of an override file as one body: arguments replace one by one, a
 * nested block type in the override replaces all of that type. */
#pragma once

#include "body.h"

/* `joined` (NULL: none) is a block type whose single blocks merge by the same rule instead. */
const Body *body_merge(const Body *base, const Body *override, const char *joined, Arena *arena);
/* Both as one: each argument stands in one of them only, blocks follow each other. */
const Body *body_join(const Body *first, const Body *second, Arena *arena);
