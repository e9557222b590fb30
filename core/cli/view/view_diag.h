/* view_diag: prints diagnostics for people: errors to standard error, warnings to standard output.
 * One with a range has its location; unless the source is secret, also the line and a caret. */
#pragma once

#include "cli.h"

void view_diag_show_one(const Cli *cli, const Diag *diag);
/* Renders one diagnostic as text. */
void view_diag_render(const Diag *diag, RenderStyle style, StrBuf *out, Arena *scratch);
