/* workspace: states of one configuration side by side: their names, and which one is worked on. */
#pragma once

#include "cli.h"

/* Fit for a path, as it is: letters, digits and a few signs; "." and ".." are not. */
bool workspace_is_valid(Str name);
/* False, with an error, for a name that is not. */
MUST_USE bool workspace_check(Str name, Diags *diags);
/* Remembers the name in the data folder: the commands to come work there. */
MUST_USE bool workspace_select(const Cli *cli, Str name, Diags *diags);
