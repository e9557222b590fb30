/* layout_line: where the tokens of whole lines stand: how far they are indented, what lines up with
 * the lines above and below.
 *
 * A line is what ends in a newline or in a comment that takes the newline along; a heredoc without
 * line breaks in its sequences is all in one line. Up to three cells of a line are aligned: what is
 * assigned to, the assignment, a comment at the end. */
#pragma once

#include "layout_space.h"

/* Sets the spaces of every token but of TOKEN_END; `base` columns are left of everything. */
void layout_line_arrange(LayoutTokens *tokens, uint32_t base, Arena *arena);
Str layout_line_text(const LayoutTokens *tokens, Arena *arena);
