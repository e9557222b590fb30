/* workspace: validates names of workspaces, and selects a workspace. */
#pragma once

#include "cli.h"

/* Returns true if the name can be part of a path: ASCII letters, digits and a few signs, but not
 * "." or "..". */
bool workspace_is_valid(Str name);
/* Returns false, with an error, for an invalid name. */
MUST_USE bool workspace_check(Str name, Diags *diags);
/* Records the name in the data directory, for subsequent commands. */
MUST_USE bool workspace_select(const Cli *cli, Str name, Diags *diags);
