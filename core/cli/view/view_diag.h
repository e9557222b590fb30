/* view_diag: diagnostics for people: errors to standard error, warnings to standard output, each
 * with the place, the line and a caret. */
#pragma once

#include "cli.h"

void view_diag_show(const Cli *cli, const Diags *diags);
void view_diag_show_one(const Cli *cli, const Diag *diag);
/* All to standard error: beside a document that is printed for programs. */
void view_diag_show_aside(const Cli *cli, const Diags *diags);
/* One, as text. */
void view_diag_render(const Diag *diag, RenderStyle style, StrBuf *out, Arena *scratch);
