/* layout_argument: the value of an argument as it is written today. */
#pragma once

#include "layout_space.h"

/* Adds the tokens of the value to `out`, rewritten where it is an old form. */
void layout_argument_value(const LayoutToken *tokens,
                           size_t count,
                           LayoutTokens *out,
                           Arena *arena);
/* The same for the `type` of a variable. */
void layout_argument_type(const LayoutToken *tokens, size_t count, LayoutTokens *out, Arena *arena);
