/* body_merge: combines two bodies into one. */
#pragma once

#include "body.h"

/* Returns the base with an override merged in. Arguments replace one by one; a nested block type
 * in the override replaces all base blocks of that type. Single blocks of type `merged_block`
 * (NULL: none) merge by the same rule. */
const Body *body_merge(const Body *base, const Body *override, const char *merged_block,
                       Arena *arena);
/* Returns the union of two parts of a body. An argument set in both is an error; blocks are
 * appended. */
const Body *body_join(const Body *first, const Body *second, Arena *arena);
