/* render_parts: names and lines of two values that are compared. */
#pragma once

#include "value.h"

/* Returns the keys or attributes of both, sorted; NULL: none. */
StrVec render_parts_names(const Value *before, const Value *after, Arena *arena);
/* Returns whether both are texts, one has several lines, and one line is common. */
bool render_parts_share_line(const Value *before, const Value *after, Arena *scratch);
