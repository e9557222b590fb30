/* str_quote: a text in quotation marks, as the configuration language writes it. */
#pragma once

#include "str.h"

/* Returns the text in quotes with escapes, as a literal of the expression language ("a\nb"). */
Str str_quote(Str s, Arena *arena);
