/* command_help: prints -help from the rows of commands and options, in 80 columns. */
#pragma once

#include "command.h"

/* `path` is the full name of the command: "state list". */
void command_help_print(const Command *command, Str path);
void command_help_print_program(const CommandTable *table);
