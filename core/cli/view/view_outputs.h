/* view_outputs: prints the outputs of a state for people. */
#pragma once

#include "cli.h"
#include "state.h"

/* Prints "name = value" lines; hides values that cli->secrets holds. */
void view_outputs_show(Cli *cli, const State *state);
