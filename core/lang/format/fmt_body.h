/* fmt_body: reads the tokens of a native-syntax file, checks its structure and rewrites old
 * forms:
 *
 *   - quotes the labels of blocks
 *   - as the value of an argument, rewrites a single interpolation "${x}" to x
 *   - as the type of a variable, rewrites "string" to string and "list" to list(any)
 *
 * Keeps all comments. */
#pragma once

#include "fmt_line.h"
#include "parser.h"

typedef enum FmtRewrite {
    FMT_REWRITE_ALL,
    FMT_REWRITE_LABELS, /* leave arguments unchanged */
} FmtRewrite;

/* `out` ends with TOKEN_END, which holds the blanks at the end of the text. */
MUST_USE bool fmt_body_read(const SourceText *source, FmtRewrite rewrite, FmtTokens *out,
                            Arena *arena, Diags *diags);
