/* command_help: prints -help from the rows of commands and options, in 80 columns. */
#pragma once

#include "command.h"

/* Prints the help of a command, whose full name is `path` ("state list"), or of the program if
 * `command` is NULL. */
void command_help_print(const CommandTable *program, const Command *command, Str path);
