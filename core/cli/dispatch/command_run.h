/* command_run: from the words of the command line to an exit status. */
#pragma once

#include "command.h"

/* Runs the command of cli->commands that `words` name ("state", "list", …); the exit status. */
int command_run(Cli *cli, const StrVec *words);
