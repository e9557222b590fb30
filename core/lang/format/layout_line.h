/* layout_line: sets the indentation of lines and the alignment with adjacent lines.
 *
 * A line ends with a newline or with a comment that includes its newline. A heredoc without line
 * breaks in its sequences is part of one line. Up to three cells of a line are aligned: the name,
 * the assignment, a comment at the end. */
#pragma once

#include "layout_space.h"

/* Sets the spaces of every token except TOKEN_END. `base` is the indentation of the whole text. */
void layout_line_arrange(LayoutTokens *tokens, uint32_t base, Arena *arena);
Str layout_line_text(const LayoutTokens *tokens, Arena *arena);
