/* layout_argument: rewrites old forms of argument values. */
#pragma once

#include "layout_space.h"

/* Adds the tokens of the value to `out`; rewrites old forms. */
void layout_argument_value(const LayoutToken *tokens,
                           size_t count,
                           LayoutTokens *out,
                           Arena *arena);
/* The same for the `type` of a variable. */
void layout_argument_type(const LayoutToken *tokens, size_t count, LayoutTokens *out, Arena *arena);
