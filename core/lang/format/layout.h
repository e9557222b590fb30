/* layout: native-syntax text as everybody writes it: indented by brackets, equals signs and
 * comments in columns, one blank where blanks belong. Comments all stay; so do blank lines,
 * heredocs and what is in quotes. Tokens change only where old forms are rewritten (layout_body.h).
 * Text that is laid out already comes back as it is. */
#pragma once

#include "diag.h"

/* A whole file; refused, with the place of the error, when it cannot be parsed. */
MUST_USE bool layout_file(const Source *source, Str *out, Arena *arena, Diags *diags);
/* Of a text that is in no file: the same, and its last line ends as lines do. */
MUST_USE bool layout_stream(const Source *source, Str *out, Arena *arena, Diags *diags);
/* One template sequence, from the `$` or `%` at `start` to its brace; false when there is none that
 * is closed and made of tokens. In a text of several lines those of the sequence are indented as
 * the line is on which it begins. */
MUST_USE bool layout_sequence(
    const Source *source, uint32_t start, uint32_t *end, Str *out, Arena *arena);
/* Are the two the same template but for blanks? */
bool layout_is_same(Str a, Str b, Arena *arena);
