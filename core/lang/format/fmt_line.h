/* fmt_line: sets the indentation of lines and the alignment with adjacent lines.
 *
 * A line ends with a newline or with a comment that includes its newline. A heredoc without line
 * breaks in its sequences is part of one line. Up to three cells of a line are aligned: the name,
 * the assignment, a comment at the end. */
#pragma once

#include "fmt_space.h"

/* Sets the spaces of every token except TOKEN_END. `base` is the indentation of the whole text. */
void fmt_line_arrange(FmtTokens *tokens, uint32_t base, Arena *arena);
Str fmt_line_text(const FmtTokens *tokens, Arena *arena);
