/* line_editor: a line typed at a terminal, with editing and history (libedit). */
#pragma once

#include "str.h"

/* False at the end of input. */
MUST_USE bool line_editor_read(const char *prompt, Str *out, Arena *arena);
