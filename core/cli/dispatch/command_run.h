/* command_run: runs the command that the command line names. */
#pragma once

#include "command.h"

/* Runs the command of cli->commands that `words` name ("state", "list", …). Returns the exit
 * status. */
int command_run(Cli *cli, const StrVec *words);
