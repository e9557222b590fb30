/* fmt: formats native syntax as `fmt` does: indentation by brackets, aligned equals signs and
 * comments, one blank between tokens. Keeps comments, blank lines, heredocs and quoted text.
 * Changes tokens only to rewrite old forms (fmt_body.h). Formatted text stays unchanged. */
#pragma once

#include "diag.h"

/* Formats a whole file. If it cannot be parsed, adds an error with its range and returns false. */
MUST_USE bool fmt_file(const SourceText *source, Str *out, Arena *arena, Diags *diags);
/* The same for text that is not a file; also ends the last line with a newline. */
MUST_USE bool fmt_stream(const SourceText *source, Str *out, Arena *arena, Diags *diags);
/* Formats one template sequence, from the `$` or `%` at `start` to its brace. Returns false if the
 * sequence is not closed or has invalid tokens. Further lines are indented relative to the line on
 * which the sequence begins. */
MUST_USE bool fmt_sequence(const SourceText *source, uint32_t start, uint32_t *end, Str *out,
                           Arena *arena);
/* Returns true if the templates differ only in blanks. */
bool fmt_is_same(Str a, Str b, Arena *arena);
