/* view_diag: prints diagnostics for people: errors to standard error, warnings to standard output.
 * One with a range has its location; unless the source is secret, also the line and a caret. */
#pragma once

#include "cli.h"
#include "function.h"
#include "json_writer.h"

void view_diag_show_one(const Cli *cli, const Diag *diag);
/* Renders one diagnostic as text. */
void view_diag_render(const Diag *diag, RenderStyle style, StrBuf *out, Arena *scratch);

/* Writes a diagnostic in the form of `validate -json` and the event stream: {severity, summary,
 * detail, address, range, snippet}; the last three if they apply. `functions` has the signature of
 * a failed call; NULL: the signature is omitted. */
void view_diag_write_json(const Diag *diag, const FunctionTable *functions, JsonWriter *writer);
