/* layout_space: is there a blank between two tokens of one line? */
#pragma once

#include "lexer.h"

typedef struct LayoutToken {
    TokenKind kind;
    uint32_t spaces; /* before it */
    Str text;
} LayoutToken;

typedef VEC(LayoutToken) LayoutTokens;

/* +1 opens a bracket or a sequence, -1 closes one, 0 does neither. */
int layout_space_depth_change(TokenKind kind);
/* Between the tokens i and i + 1 of a line with `count` tokens. */
bool layout_space_follows(const LayoutToken *tokens, size_t count, size_t i);
