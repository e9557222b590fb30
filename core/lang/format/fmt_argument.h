/* fmt_argument: rewrites old forms of argument values. */
#pragma once

#include "fmt_space.h"

/* Adds the tokens of the value to `out`; rewrites old forms. */
void fmt_argument_value(const FmtToken *tokens, size_t count, FmtTokens *out, Arena *arena);
/* The same for the `type` of a variable. */
void fmt_argument_type(const FmtToken *tokens, size_t count, FmtTokens *out, Arena *arena);
