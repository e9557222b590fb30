/* fmt_line: sets the blanks between the tokens of a line, the indentation of lines and the
 * alignment with adjacent lines.
 *
 * A line ends with a newline or with a comment that includes its newline. A heredoc without line
 * breaks in its sequences is part of one line. A line has up to three cells: the name, the
 * assignment, a comment at the end. Assignments and comments of adjacent lines are aligned. */
#pragma once

#include "lexer.h"

typedef struct FmtToken {
    TokenKind kind;
    uint32_t spaces; /* blanks before the token */
    Str text;
} FmtToken;

typedef VEC(FmtToken) FmtTokens;

/* Returns +1 if the token opens a bracket or a sequence, -1 if it closes one, else 0. */
int fmt_line_depth_change(TokenKind kind);
/* Sets the spaces of every token except TOKEN_END. `base` is the indentation of the whole text. */
void fmt_line_arrange(FmtTokens *tokens, uint32_t base, Arena *arena);
Str fmt_line_text(const FmtTokens *tokens, Arena *arena);
