/* layout_body: the tokens of a native-syntax file, with its structure checked and what is written
 * in an older way rewritten.
 *
 *   - labels of blocks are quoted
 *   - a template that is nothing but one interpolation, "${x}", as the value of an argument is x
 *   - the type of a variable: "string" is string, list is list(any)
 *
 * Comments all stay. */
#pragma once

#include "layout_space.h"
#include "parser.h"

typedef enum LayoutRewrite {
    LAYOUT_REWRITE_ALL,
    LAYOUT_REWRITE_LABELS, /* arguments stay as they are */
} LayoutRewrite;

/* `out` ends with TOKEN_END, which has the blanks at the end of the text before it. */
MUST_USE bool layout_body_read(
    const Source *source, LayoutRewrite rewrite, LayoutTokens *out, Arena *arena, Diags *diags);
