/* command_help: what -help prints, from the rows of commands and options, in 80 columns. */
#pragma once

#include "command.h"

/* `path` is how the command is called: "state list". */
void command_help_print(const Command *command, Str path);
void command_help_print_program(const CommandTable *table);
