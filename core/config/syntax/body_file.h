/* body_file: parses a whole file, and names the one cause of its syntax errors: another encoding
 * than UTF-8, or the markers of an unfinished merge. */
#pragma once

#include "body.h"

typedef bool BodyParse(const SourceText *source, const FunctionTable *functions, const Body **,
                       Arena *, Diags *);

/* Like `parse`. If the file has such a cause, adds one error for it instead of the errors of
 * `parse`, and leaves *out unchanged. */
MUST_USE bool body_file_parse(BodyParse *parse, const SourceText *source,
                              const FunctionTable *functions, const Body **out, Arena *arena,
                              Diags *diags);
