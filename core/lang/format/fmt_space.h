/* fmt_space: decides whether a blank separates two tokens of one line. */
#pragma once

#include "lexer.h"

typedef struct FmtToken {
    TokenKind kind;
    uint32_t spaces; /* blanks before the token */
    Str text;
} FmtToken;

typedef VEC(FmtToken) FmtTokens;

/* Returns +1 if the token opens a bracket or a sequence, -1 if it closes one, else 0. */
int fmt_space_depth_change(TokenKind kind);
/* Returns true if a blank separates tokens i and i + 1 of a line with `count` tokens. */
bool fmt_space_follows(const FmtToken *tokens, size_t count, size_t i);
