/* view_outputs: prints the outputs of a state for people. */
#pragma once

#include "cli.h"
#include "state.h"

/* Prints "name = value" lines; hides values that cli->secrets holds. */
/* The same in the form of objects, as Terraform's `show` prints them. */
void view_outputs_show_nested(Cli *cli, const State *state);
void view_outputs_show(Cli *cli, const State *state);
